# ns_embed_ptx(RESULT SOURCES ... HEADERS ...): compiles .cu files to PTX for the oldest architecture that nvcc knows, from which the driver makes code for
# the GPU that there is; RESULT: C++ sources, each of which defines the PTX of one file as ns::cudnn::ptx_NAME.
#
# nvcc writes its own version of PTX, which a driver older than the toolkit refuses. These kernels need nothing of it, so the version is set to the oldest that
# knows the architecture, and ptxas, where it is there, checks that.
function(ns_embed_ptx result)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS" ${ARGN})
  execute_process(COMMAND ${CUDAToolkit_NVCC_EXECUTABLE} --list-gpu-arch OUTPUT_VARIABLE archs)
  string(REGEX MATCH "compute_[0-9]+" arch "${archs}")
  list(TRANSFORM arg_HEADERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(host_compiler)  # nvcc's own choice, where this build's is none that it knows
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CROSSCOMPILING)
    set(host_compiler -ccbin ${CMAKE_CXX_COMPILER})
  endif()
  set(made)
  foreach(source ${arg_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    set(ptx ${CMAKE_CURRENT_BINARY_DIR}/${name}.ptx)
    add_custom_command(OUTPUT ${ptx}
      COMMAND ${CUDAToolkit_NVCC_EXECUTABLE} -ptx -arch=${arch} -std=c++17 ${host_compiler} -I${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${ptx}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${arg_HEADERS} VERBATIM)
    add_custom_command(OUTPUT ${ptx}.cpp
      COMMAND ${CMAKE_COMMAND} -DPTX=${ptx} -DNAME=${name} -DARCH=${arch} -DPTXAS=${CUDAToolkit_BIN_DIR}/ptxas -P ${PROJECT_SOURCE_DIR}/cmake/WritePtx.cmake
      DEPENDS ${ptx} ${PROJECT_SOURCE_DIR}/cmake/WritePtx.cmake VERBATIM)
    list(APPEND made ${ptx}.cpp)
  endforeach()
  set(${result} ${made} PARENT_SCOPE)
endfunction()
