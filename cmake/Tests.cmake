# SPDX-License-Identifier: MIT
# test/<name>/*_test.cpp become the program test_<name>. A room's tests link the rooms up to it and
# no further, so a room builds and is tested alone; other names (cli, conformance, ...) link all.
# A folder with its own CMakeLists.txt adds its programs there, after its test_<name>.

find_package(Catch2 2.13 REQUIRED)
# Debian's own first: it is the one that sees Debian's python3-jsonschema.
find_program(UTSIM_PYTHON python3 HINTS /usr/bin NO_CMAKE_PATH REQUIRED)

add_library(utsim_test_main OBJECT ${PROJECT_SOURCE_DIR}/test/support/main.cpp)
# Catch2's 15,000 lines need minutes with sanitizers and optimisation, and gain nothing from either.
add_library(utsim_plain INTERFACE)
target_compile_options(utsim_plain INTERFACE
    -O0 $<$<BOOL:${UTSIM_SANITIZE}>:-fno-sanitize=all>)
target_link_libraries(utsim_test_main PRIVATE utsim_build Catch2::Catch2 utsim_plain)

# Links `target` with what the tests of room (or folder) `name` may use.
function(utsim_link_room target name)
    list(FIND UTSIM_ROOMS ${name} position)
    if(position EQUAL -1)
        target_link_libraries(${target} PRIVATE utsim)
    else()
        if(name STREQUAL "utrace")  # utrace and kernel need each other
            list(FIND UTSIM_ROOMS kernel position)
        endif()
        foreach(room IN LISTS UTSIM_BUILT_ROOMS)
            list(FIND UTSIM_ROOMS ${room} other)
            if(NOT other GREATER position)
                target_link_libraries(${target} PRIVATE utsim_${room})
            endif()
        endforeach()
    endif()
    target_link_libraries(${target} PRIVATE utsim_build)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/test)
    target_compile_definitions(${target} PRIVATE UTSIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()

# A Catch2 program of the given sources, and a ctest test of the same name.
function(utsim_add_test name)
    add_executable(test_${name} ${ARGN})
    utsim_link_room(test_${name} ${name})
    target_link_libraries(test_${name} PRIVATE
        utsim_test_main Catch2::Catch2 rapidcheck utsim_test_build)
    if(UTSIM_PCH)
        target_precompile_headers(test_${name} REUSE_FROM utsim_test_pch)
        if(name IN_LIST tests_compiled_together)
            utsim_compile_together(test_${name})
        endif()
    endif()
    add_test(NAME ${name} COMMAND test_${name} -w NoTests
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 1800)
    if(TARGET utsim_cli)
        set_property(TEST ${name} PROPERTY ENVIRONMENT "UTSIM_BIN=$<TARGET_FILE:utsim_cli>")
    endif()
endfunction()

file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/test/*)
foreach(folder IN LISTS folders)
    get_filename_component(name ${folder} NAME)
    if(IS_DIRECTORY ${folder} AND NOT name STREQUAL "support")
        file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cpp)
        if(sources)
            utsim_add_test(${name} ${sources})
        endif()
        if(EXISTS ${folder}/CMakeLists.txt)
            add_subdirectory(${folder})
        endif()
    endif()
endforeach()
