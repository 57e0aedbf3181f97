# Headers that nearly every file includes, read once: with them a clean build takes little more than half as long. Off where a launcher such as ccache
# keeps what was compiled, for it cannot look into them, and for compilers other than GNU's. Files include what they use all the same.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(ns_precompile_default ON)
endif()
option(NS_PRECOMPILE "Read common headers once, for a quicker clean build" ${ns_precompile_default})

set(ns_common_headers <algorithm> <array> <cmath> <cstddef> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# ns_precompiled_headers(NAME HEADERS ... LIBRARIES ... OPTIONS ...): what ns_precompile(TARGET NAME) gives to a target. A compiler takes such headers only with
# the options and definitions that they were read with.
function(ns_precompiled_headers name)
  if(NOT NS_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_compile_options(${name} PRIVATE ${arg_OPTIONS})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} ns_warnings)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

function(ns_precompile target name)
  if(NS_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

# ns_compile_together(TARGET): several sources at once, which saves half of their time; what they have in unnamed namespaces must then differ in name.
function(ns_compile_together target)
  if(NS_PRECOMPILE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()
