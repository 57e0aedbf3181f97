# One way to make a library, a command and a test program.

option(NS_WERROR "Turn warnings into errors" OFF)
option(NS_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(NS_BUNDLE "Build what checks a device even without the tests (preset bundle)" OFF)
option(NS_FUZZ "Build the libFuzzer programs of the readers too (clang++, preset fuzz)" OFF)

include(Precompiled)

add_library(ns_warnings INTERFACE)
target_compile_options(ns_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 sees overlaps in std::string's operator+ (GCC PR 105651)
  "$<$<BOOL:${NS_PRECOMPILE}>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>"  # g++ 12 forgets which precompiled headers are the system's
  $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-shadow>  # of names that another source of the same batch gives in its unnamed namespace
  $<$<BOOL:${NS_WERROR}>:-Werror>)

# ns_headers_alone(RESULT SOURCES ... HEADERS ...): the headers that no source of their own name includes first.
function(ns_headers_alone result)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS" ${ARGN})
  set(alone)
  foreach(header ${arg_HEADERS})
    string(REGEX REPLACE "\\.hpp$" ".cpp" source ${header})
    set(first)
    if(source IN_LIST arg_SOURCES)
      file(STRINGS ${source} first REGEX "^#include" LIMIT_COUNT 1)
    endif()
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${header})
    if(NOT first STREQUAL "#include \"${path}\"")
      list(APPEND alone ${header})
    endif()
  endforeach()
  set(${result} ${alone} PARENT_SCOPE)
endfunction()

# ns_add_library(NAME [IN_PLUGIN] [APART] SOURCES ... HEADERS ... PUBLIC ... PRIVATE ...): the target ns::NAME. Paths are relative to the
# folder; headers are included from the project's root. Every header must compile by itself: where a source includes it
# first, that shows it (in a build without precompiled headers), else the target all_verify_interface_header_sets.
# IN_PLUGIN: the GPU plug-in links it, too, so where there is one its code can be moved; hidden, it is as fast as before.
# APART: its sources are alike, each with a table, a period or a filter of the same name, and are compiled one by one.
function(ns_add_library name)
  cmake_parse_arguments(arg "IN_PLUGIN;APART" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  add_library(ns_${name} STATIC ${arg_SOURCES})
  add_library(ns::${name} ALIAS ns_${name})
  ns_headers_alone(alone SOURCES ${arg_SOURCES} HEADERS ${arg_HEADERS})
  set(led ${arg_HEADERS})
  list(REMOVE_ITEM led ${alone})
  target_sources(ns_${name} PUBLIC FILE_SET led TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${led}
    PUBLIC FILE_SET alone TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${alone})
  target_compile_features(ns_${name} PUBLIC cxx_std_20)
  set_target_properties(ns_${name} PROPERTIES CXX_EXTENSIONS OFF LINKER_LANGUAGE CXX EXPORT_NAME ${name}
    VERIFY_INTERFACE_HEADER_SETS ON INTERFACE_HEADER_SETS_TO_VERIFY alone)
  target_link_libraries(ns_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:ns_warnings>)
  if(arg_IN_PLUGIN AND NS_CUDA_FOUND)
    set_target_properties(ns_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    ns_precompile(ns_${name} ns_precompiled_pic)
  else()
    ns_precompile(ns_${name} ns_precompiled)
  endif()
  if(NOT arg_APART)
    ns_compile_together(ns_${name})
  endif()
  install(TARGETS ns_${name} EXPORT ns-targets ARCHIVE COMPONENT development
    FILE_SET led DESTINATION include/ns COMPONENT development FILE_SET alone DESTINATION include/ns COMPONENT development)
endfunction()

# ns_parses_and_prints(NAME): a target of options and texts, where further optimisation would cost the compiler twice the time.
function(ns_parses_and_prints name)
  if(CMAKE_CXX_FLAGS_RELEASE MATCHES "-O[23]")
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

# ns_add_command(NAME LIBRARIES ...): the executable NAME from NAME.cpp (and more SOURCES), installed. Libraries that a bundle carries beside it are
# looked for in ../lib, those that they need in their turn as well: that is DT_RPATH, while DT_RUNPATH would hold for the command alone.
function(ns_add_command name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${name}.cpp ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ns::command ${arg_LIBRARIES} ns_warnings)
  ns_parses_and_prints(${name})
  ns_precompile(${name} ns_precompiled)
  ns_compile_together(${name})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF INSTALL_RPATH "$ORIGIN/../lib")
  target_link_options(${name} PRIVATE LINKER:--disable-new-dtags)
  install(TARGETS ${name} RUNTIME_DEPENDENCY_SET ns_dependencies)
endfunction()

# ns_add_tests(FOLDER NAME SOURCES ... LIBRARIES ... LABEL ... PROPERTIES ...): the GoogleTest program NAME; each TEST is one ctest
# entry with these properties.
function(ns_add_tests name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;LIBRARIES;PROPERTIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  # What is tested is optimised; the tests themselves only compile longer for it, under sanitizers more than twice as long.
  target_compile_options(${name} PRIVATE -O0)
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} fmt::fmt GTest::gmock GTest::gtest_main ns_warnings)
  ns_precompile(${name} ns_precompiled_tests)
  target_compile_definitions(${name} PRIVATE NS_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" NS_DATA="${PROJECT_SOURCE_DIR}/data")
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  gtest_discover_tests(${name} PROPERTIES LABELS ${arg_LABEL} ${arg_PROPERTIES} DISCOVERY_MODE PRE_TEST)
endfunction()
