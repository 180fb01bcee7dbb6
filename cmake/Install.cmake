# SPDX-License-Identifier: MIT
# What `cmake --install` lays down: the library with its headers and a package for find_package, the
# command with its man page and completion, the scenarios and the documentation.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/utsim)
install(TARGETS utsim EXPORT utsim-targets FILE_SET HEADERS)
install(EXPORT utsim-targets NAMESPACE utsim:: DESTINATION ${package_dir})
configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/utsim-config.cmake.in ${PROJECT_BINARY_DIR}/utsim-config.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/utsim-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/utsim-config.cmake
              ${PROJECT_BINARY_DIR}/utsim-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/ScenarioTests.cmake
        DESTINATION ${package_dir})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/utsim
        FILES_MATCHING PATTERN "*.json")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
        FILES_MATCHING PATTERN "*.md" PATTERN "*.json")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Installs what the command prints about itself for `arguments` as `folder`/`name`.
function(utsim_install_generated arguments folder name)
    set(file ${PROJECT_BINARY_DIR}/generated/${name})
    install(CODE "
        execute_process(COMMAND $<TARGET_FILE:utsim_cli> ${arguments}
                        OUTPUT_FILE \"${file}\" RESULT_VARIABLE status)
        if(NOT status EQUAL 0)
            message(FATAL_ERROR \"utsim ${arguments} ended with status \${status}\")
        endif()")
    install(FILES ${file} DESTINATION ${folder})
endfunction()

if(TARGET utsim_cli)
    install(TARGETS utsim_cli)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
    utsim_install_generated("help --man" ${CMAKE_INSTALL_MANDIR}/man1 utsim.1)
    utsim_install_generated("completion bash"
                            ${CMAKE_INSTALL_DATADIR}/bash-completion/completions utsim)
endif()
