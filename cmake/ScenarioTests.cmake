# SPDX-License-Identifier: MIT
# For projects that keep scenarios: a test of each. Part of the installed package.
#
#   utsim_add_scenario_tests(FOLDER [PREFIX utsim] [COMMAND run]
#                            [OPTIONS --fail-on-vacuous ...] [LABELS ...] [TIMEOUT 60])
#
# Each *.json below FOLDER becomes a test `PREFIX.path/of/the/file`, which runs `utsim COMMAND` on
# it, `run` or `explore`. A file that is added later is found when the project is built.

function(utsim_add_scenario_tests folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX;COMMAND;TIMEOUT" "OPTIONS;LABELS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "utsim_add_scenario_tests: what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT arg_PREFIX)
        set(arg_PREFIX utsim)
    endif()
    if(NOT arg_COMMAND)
        set(arg_COMMAND run)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    if(TARGET utsim_cli)
        set(program $<TARGET_FILE:utsim_cli>)
    else()
        set(program ${UTSIM_PROGRAM})
    endif()
    cmake_path(ABSOLUTE_PATH folder NORMALIZE)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.json)
    list(FILTER files EXCLUDE REGEX "\\.schema\\.json$")
    if(NOT files)
        message(FATAL_ERROR "utsim_add_scenario_tests: there are no scenarios in ${folder}")
    endif()
    foreach(file IN LISTS files)
        string(REGEX REPLACE "\\.json$" "" name ${file})
        add_test(NAME ${arg_PREFIX}.${name} WORKING_DIRECTORY ${folder}
                 COMMAND ${program} ${arg_COMMAND} ${file} ${arg_OPTIONS})
        set_tests_properties(${arg_PREFIX}.${name} PROPERTIES
            TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
    endforeach()
endfunction()
