# SPDX-License-Identifier: MIT
# Everything with a main() that is not a test. Folders that hold no source yet are skipped.

file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.cpp)
if(cli_sources)
    add_executable(utsim_cli ${cli_sources})
    set_target_properties(utsim_cli PROPERTIES OUTPUT_NAME utsim)
    target_link_libraries(utsim_cli PRIVATE utsim utsim_build)
    if(UTSIM_PCH)
        target_precompile_headers(utsim_cli PRIVATE ${standard_headers} <nlohmann/json.hpp>)
        utsim_compile_together(utsim_cli)
        # The one that has all names of options at hand.
        set_source_files_properties(${PROJECT_SOURCE_DIR}/cli/command_table.cpp PROPERTIES
            SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
endif()

if(UTSIM_BENCH)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        string(REGEX REPLACE "_(bench|fuzz)$" "" name ${name})
        add_executable(bench_${name} ${source})
        target_link_libraries(bench_${name} PRIVATE utsim utsim_build)
    endforeach()
    set(native ${PROJECT_SOURCE_DIR}/bench/native/native_steps.cpp)
    target_sources(bench_product PRIVATE ${native})
    target_sources(bench_guests PRIVATE
        ${native} ${PROJECT_SOURCE_DIR}/bench/guest/guest_machine.cpp)
    # To be measured beside ours, where it is there.
    find_library(UTSIM_UNICORN unicorn)
    if(UTSIM_UNICORN)
        foreach(name product guests)
            target_link_libraries(bench_${name} PRIVATE ${UTSIM_UNICORN})
            target_compile_definitions(bench_${name} PRIVATE UTSIM_HAVE_UNICORN)
        endforeach()
    endif()
    # The programs that bench_guests runs, by each C compiler that is there.
    set(folder ${CMAKE_BINARY_DIR}/guest)
    file(MAKE_DIRECTORY ${folder})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/guest/*.c)
    foreach(compiler gcc clang)
        find_program(UTSIM_GUEST_${compiler} NAMES ${compiler}-19 ${compiler})
        if(UTSIM_GUEST_${compiler})
            foreach(source IN LISTS sources)
                get_filename_component(name ${source} NAME_WE)
                add_custom_command(OUTPUT ${folder}/${name}-${compiler}
                    COMMAND ${UTSIM_GUEST_${compiler}} -O2 -static -DROUNDS=3
                            -o ${folder}/${name}-${compiler} ${source} -lm
                    DEPENDS ${source} ${PROJECT_SOURCE_DIR}/bench/guest/guest.h)
                list(APPEND guests ${folder}/${name}-${compiler})
            endforeach()
        endif()
    endforeach()
    add_custom_target(guest_programs DEPENDS ${guests})
    add_dependencies(bench_guests guest_programs)
    target_compile_definitions(bench_guests PRIVATE UTSIM_GUEST_FOLDER="${folder}")
endif()

if(UTSIM_FUZZ)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*.cpp)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        string(REGEX REPLACE "_(bench|fuzz)$" "" name ${name})
        add_executable(fuzz_${name} ${source})
        target_link_libraries(fuzz_${name} PRIVATE utsim utsim_build)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    endforeach()
endif()
