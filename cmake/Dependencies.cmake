# What the toolkit stands on, all in Debian 12. Each target links only what it needs.
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Armadillo REQUIRED)

# Least squares of some columns need a hundredth of LAPACK: where Debian's plain one is, that is linked statically. Its shared name may mean OpenBLAS, of 40 MB.
add_library(ns_armadillo INTERFACE)
find_library(NS_LAPACK_ARCHIVE liblapack.a PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/lapack NO_DEFAULT_PATH)
find_library(NS_BLAS_ARCHIVE libblas.a PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/blas NO_DEFAULT_PATH)
find_library(NS_GFORTRAN_LIBRARY NAMES libgfortran.so.5 gfortran PATHS ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
if(NS_LAPACK_ARCHIVE AND NS_BLAS_ARCHIVE AND NS_GFORTRAN_LIBRARY)
  target_compile_definitions(ns_armadillo INTERFACE ARMA_DONT_USE_WRAPPER ARMA_DONT_USE_ARPACK ARMA_DONT_USE_SUPERLU ARMA_DONT_USE_HDF5)
  target_link_libraries(ns_armadillo INTERFACE ${NS_LAPACK_ARCHIVE} ${NS_BLAS_ARCHIVE} ${NS_GFORTRAN_LIBRARY})
else()
  target_link_libraries(ns_armadillo INTERFACE ${ARMADILLO_LIBRARIES})
endif()

# Headers and library alone: the packages' own CMake files ask for OpenCL, for the Python program and for the zip commands.
option(NS_ONEDNN "The backend of oneDNN on the CPU, with which the tests compare" ON)
if(NS_ONEDNN)
  find_path(NS_DNNL_INCLUDE dnnl.hpp REQUIRED)
  find_library(NS_DNNL_LIBRARY dnnl REQUIRED)
  add_library(ns_dnnl INTERFACE)
  target_include_directories(ns_dnnl SYSTEM INTERFACE $<BUILD_INTERFACE:${NS_DNNL_INCLUDE}>)
  target_link_libraries(ns_dnnl INTERFACE ${NS_DNNL_LIBRARY})
  install(TARGETS ns_dnnl EXPORT ns-targets)
elseif(NS_TESTS)
  message(FATAL_ERROR "The tests need oneDNN: configure with -DNS_ONEDNN=ON, or with -DNS_TESTS=OFF.")
endif()

find_path(NS_XGBOOST_INCLUDE xgboost/c_api.h REQUIRED)
find_library(NS_XGBOOST_LIBRARY xgboost REQUIRED)
add_library(ns_xgboost INTERFACE)
target_include_directories(ns_xgboost SYSTEM INTERFACE ${NS_XGBOOST_INCLUDE})
target_link_libraries(ns_xgboost INTERFACE ${NS_XGBOOST_LIBRARY})

find_path(NS_LIBZIP_INCLUDE zip.h REQUIRED)
find_library(NS_LIBZIP_LIBRARY zip REQUIRED)
add_library(ns_libzip INTERFACE)
target_include_directories(ns_libzip SYSTEM INTERFACE ${NS_LIBZIP_INCLUDE})
target_link_libraries(ns_libzip INTERFACE ${NS_LIBZIP_LIBRARY})

install(TARGETS ns_armadillo ns_xgboost ns_libzip ns_warnings EXPORT ns-targets)

ns_precompiled_headers(ns_precompiled HEADERS ${ns_common_headers} LIBRARIES fmt::fmt tl::expected)

include(Cuda)
if(NS_CUDA_FOUND AND NS_PRECOMPILE)
  ns_precompiled_headers(ns_precompiled_pic HEADERS ${ns_common_headers} LIBRARIES fmt::fmt tl::expected)
  set_target_properties(ns_precompiled_pic PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endif()

if(NS_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  ns_precompiled_headers(ns_precompiled_tests HEADERS ${ns_common_headers} <gmock/gmock.h> <gtest/gtest.h>
    LIBRARIES fmt::fmt tl::expected GTest::gmock GTest::gtest_main OPTIONS -O0)
endif()
