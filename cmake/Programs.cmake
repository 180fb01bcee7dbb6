# SPDX-License-Identifier: MIT
# Everything with a main() that is not a test. Folders that hold no source yet are skipped.

file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.cpp)
if(cli_sources)
    add_executable(utsim_cli ${cli_sources})
    set_target_properties(utsim_cli PROPERTIES OUTPUT_NAME utsim)
    target_link_libraries(utsim_cli PRIVATE utsim utsim_build)
endif()

if(UTSIM_BENCH)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(bench_${name} ${source})
        target_link_libraries(bench_${name} PRIVATE utsim utsim_build)
    endforeach()
endif()

if(UTSIM_FUZZ)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*.cpp)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(fuzz_${name} ${source})
        target_link_libraries(fuzz_${name} PRIVATE utsim utsim_build)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    endforeach()
endif()
