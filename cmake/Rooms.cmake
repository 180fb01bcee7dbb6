# SPDX-License-Identifier: MIT
# The rooms, in the order in which they may include each other (tools/tidy.py checks it). Each is an
# object library, so that one room can be built alone; together they are the library. All are below
# sim/ but the engines, which have a folder of their own because users write engines too.

set(UTSIM_ROOMS
    base event semantics cpu sched utrace kernel process engines vocabulary scenario trace contract
    explore report check)

add_library(utsim STATIC)
add_library(utsim::utsim ALIAS utsim)

foreach(room IN LISTS UTSIM_ROOMS)
    if(room STREQUAL "engines")
        set(folder ${PROJECT_SOURCE_DIR}/engines)
    else()
        set(folder ${PROJECT_SOURCE_DIR}/sim/${room})
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*/*.cpp)
    if(sources)
        add_library(utsim_${room} OBJECT ${sources})
        set_target_properties(utsim_${room} PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_link_libraries(utsim_${room} PRIVATE utsim_build)
        if(UTSIM_PCH)
            target_precompile_headers(utsim_${room} REUSE_FROM utsim_pch)
            if(room IN_LIST rooms_compiled_together)
                utsim_compile_together(utsim_${room})
            endif()
        endif()
        target_sources(utsim PRIVATE $<TARGET_OBJECTS:utsim_${room}>)
        list(APPEND UTSIM_BUILT_ROOMS ${room})
    endif()
endforeach()

file(GLOB public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/utsim/*.hpp)
target_sources(utsim PUBLIC FILE_SET HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${public_headers})
target_compile_features(utsim PUBLIC cxx_std_20)
find_package(Threads REQUIRED)
target_link_libraries(utsim PRIVATE
    Boost::context fmt::fmt Zydis Zycore rapidcheck Threads::Threads quadmath)
set_target_properties(utsim PROPERTIES LINKER_LANGUAGE CXX)
if(UTSIM_SANITIZE)
    string(REPLACE ";" "," sanitizers "${UTSIM_SANITIZE}")
    target_link_options(utsim INTERFACE -fsanitize=${sanitizers})
endif()
