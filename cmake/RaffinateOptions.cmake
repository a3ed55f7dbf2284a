# Compile options shared by every target, and the search for CUDA.

add_library(raffinate_options INTERFACE)
target_include_directories(raffinate_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(raffinate_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wno-psabi>)
if(RAFFINATE_SANITIZE)
  target_compile_options(raffinate_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${RAFFINATE_SANITIZE} -fno-omit-frame-pointer>)
  target_link_options(raffinate_options INTERFACE -fsanitize=${RAFFINATE_SANITIZE})
endif()

include(CheckLanguage)
set(RAFFINATE_HAVE_CUDA OFF)
if(NOT RAFFINATE_CUDA STREQUAL "OFF")
  if(NOT CMAKE_CUDA_COMPILER)
    find_program(RAFFINATE_NVCC nvcc HINTS /usr/local/cuda/bin)
    if(RAFFINATE_NVCC)
      set(CMAKE_CUDA_COMPILER ${RAFFINATE_NVCC})
    endif()
  endif()
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    if(NOT CMAKE_CUDA_ARCHITECTURES)
      # Real code for A100 and H100/H200, PTX for what comes after.
      set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
    endif()
    enable_language(CUDA)
    # CMake 3.25 does not know nvcc's flag for C++20.
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
    endif()
    set(CMAKE_CUDA_STANDARD 20)
    set(RAFFINATE_HAVE_CUDA ON)
  elseif(RAFFINATE_CUDA STREQUAL "ON")
    message(FATAL_ERROR "RAFFINATE_CUDA=ON but no CUDA compiler was found")
  endif()
endif()
message(STATUS "CUDA backend: ${RAFFINATE_HAVE_CUDA}")

# What is tested is optimized, what tests it hardly.
set(RAFFINATE_TEST_OPTIONS $<$<CONFIG:Release>:-O1>)

# raffinate_test(NAME sources... [LIBS libraries...]): a GoogleTest program
# whose every test is known to ctest. Takes the precompiled headers
# RAFFINATE_TEST_PRECOMPILED.
include(GoogleTest)
function(raffinate_test name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_compile_options(${name} PRIVATE ${RAFFINATE_TEST_OPTIONS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  raffinate_take_precompiled(${RAFFINATE_TEST_PRECOMPILED} ${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
