# Toolchain of a Jetson board's processor, across from a PC: -DNS_CROSS= the compilers' prefix, -DNS_ROOT= a folder with the board's libraries and headers
# (scripts/jetson-root). Where that has C and C++ libraries of its own (JetPack 5), they stand for the compiler's, which are too new. See Makefile.jetson.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER ${NS_CROSS}g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES NS_CROSS NS_ROOT)
set(CMAKE_FIND_ROOT_PATH ${NS_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

# What a library that is linked needs in its turn.
set(CMAKE_EXE_LINKER_FLAGS_INIT -Wl,-rpath-link,${NS_ROOT}/usr/lib/aarch64-linux-gnu:${NS_ROOT}/lib/aarch64-linux-gnu)
if(EXISTS ${NS_ROOT}/usr/include/c++/10)
  set(CMAKE_SYSROOT ${NS_ROOT})
  set(CMAKE_CXX_FLAGS_INIT "-nostdinc++ -isystem ${NS_ROOT}/usr/include/c++/10 -isystem ${NS_ROOT}/usr/include/aarch64-linux-gnu/c++/10 -DFMT_HEADER_ONLY -include ${CMAKE_CURRENT_LIST_DIR}/LibraryOfGcc10.hpp")
  foreach(kind EXE SHARED MODULE)
    string(PREPEND CMAKE_${kind}_LINKER_FLAGS_INIT "-L${NS_ROOT}/usr/lib/gcc/aarch64-linux-gnu/10 -Wl,--as-needed ")
  endforeach()
endif()
