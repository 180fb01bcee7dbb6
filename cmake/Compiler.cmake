# SPDX-License-Identifier: MIT
# What all of our own code is compiled with. `utsim_build` is linked privately everywhere and is not
# part of the installed package.

find_package(Boost 1.74 REQUIRED COMPONENTS context)
find_package(fmt 9 REQUIRED)
find_package(zydis REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(rapidcheck REQUIRED)

find_program(UTSIM_CCACHE ccache)
mark_as_advanced(UTSIM_CCACHE)
if(UTSIM_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${UTSIM_CCACHE})
endif()

# Checks stay on in every build, so NDEBUG is never defined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")

add_library(utsim_build INTERFACE)
target_compile_features(utsim_build INTERFACE cxx_std_20)
target_include_directories(utsim_build INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/sim ${PROJECT_SOURCE_DIR})
# quadmath comes with gcc: x87 functions are computed in its 113 bits.
target_link_libraries(utsim_build INTERFACE
    Boost::context fmt::fmt Zydis Zycore nlohmann_json::nlohmann_json quadmath)

set(blind -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-maybe-uninitialized)
# A run must not depend on who compiled it: no excess floating point freedom, one sign of char.
target_compile_options(utsim_build INTERFACE
    -Wall -Wextra -Wpedantic -ffp-contract=off -fsigned-char -fno-omit-frame-pointer
    $<$<BOOL:${UTSIM_WERROR}>:-Werror>
    # In a precompiled header gcc takes the standard library for ours, and warns of what it inlines.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${UTSIM_PCH}>>:${blind}>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Debug>>:-Og>)
target_compile_definitions(utsim_build INTERFACE
    $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(UTSIM_SANITIZE)
    string(REPLACE ";" "," sanitizers "${UTSIM_SANITIZE}")
    target_compile_options(utsim_build INTERFACE
        -fsanitize=${sanitizers} -fno-sanitize-recover=all -O1 -g1)
    target_compile_definitions(utsim_build INTERFACE _GLIBCXX_ASSERTIONS)
    # Instrumented code makes gcc 12 see uninitialised reads, in std::regex for example.
    target_compile_options(utsim_build INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(utsim_build INTERFACE -fsanitize=${sanitizers})
    if("address" IN_LIST UTSIM_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
        # Fake frames live on the heap, where a snapshot of a fiber's stack would miss them.
        target_compile_options(utsim_build INTERFACE -fsanitize-address-use-after-return=never)
    endif()
endif()
# Tests are mostly templates that run once: under sanitizers, and where a build from scratch has to
# be fast, optimising them takes longer than it saves. Linked after utsim_build, so that it has the
# last word.
add_library(utsim_test_build INTERFACE)
target_compile_options(utsim_test_build INTERFACE
    $<$<OR:$<BOOL:${UTSIM_SANITIZE}>,$<BOOL:${UTSIM_PCH}>>:-O0>)

if(UTSIM_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "UTSIM_FUZZ needs clang++-19 (preset fuzz)")
    endif()
    target_compile_options(utsim_build INTERFACE -fsanitize=fuzzer-no-link)
endif()
