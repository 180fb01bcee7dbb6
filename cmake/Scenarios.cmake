# SPDX-License-Identifier: MIT
# The scenarios become part of the program: `utsim demo` and `utsim new` need no files.

file(GLOB_RECURSE scenario_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scenarios/*.json)
set(builtin_source ${PROJECT_BINARY_DIR}/generated/builtin_table.cpp)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
# A file that is deleted leaves nothing behind that is newer than the table; their list does.
set(scenario_list ${PROJECT_BINARY_DIR}/generated/scenarios.txt)
list(JOIN scenario_files "\n" scenario_names)
file(CONFIGURE OUTPUT ${scenario_list} CONTENT "@scenario_names@\n" @ONLY)
add_custom_command(
    OUTPUT ${builtin_source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${PROJECT_SOURCE_DIR}/scenarios -DOUT=${builtin_source}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedScenarios.cmake
    DEPENDS ${scenario_files} ${scenario_list} ${PROJECT_SOURCE_DIR}/cmake/EmbedScenarios.cmake
    COMMENT "Embedding the scenarios")
target_sources(utsim_scenario PRIVATE ${builtin_source})

# The page of `utsim report`, likewise.
file(GLOB page_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sim/report/page/*)
set(page_source ${PROJECT_BINARY_DIR}/generated/page_files.cpp)
add_custom_command(
    OUTPUT ${page_source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${PROJECT_SOURCE_DIR}/sim/report/page -DOUT=${page_source}
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake
    DEPENDS ${page_files} ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake
    COMMENT "Embedding the page of reports")
target_sources(utsim_report PRIVATE ${page_source})
