# SPDX-License-Identifier: MIT
# With UTSIM_PCH, the headers that most files need are parsed once. Off by default, because then a
# file that forgets an include compiles all the same; `./dev check` uses it for its further builds.
# Where the same templates are instantiated in every file (JSON, most of all), files are compiled
# eight at a time as well: names in their anonymous namespaces are unique in these folders.

function(utsim_precompile name)
    set(empty ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
    file(CONFIGURE OUTPUT ${empty} CONTENT "")
    add_library(${name} OBJECT ${empty})
    target_link_libraries(${name} PRIVATE utsim_build)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

function(utsim_compile_together target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    # gcc takes each anonymous namespace for that of a header then.
    target_compile_options(${target} PRIVATE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
set(rooms_compiled_together utrace kernel process scenario trace explore check)
set(tests_compiled_together cli cpu scenario sched trace)

set(standard_headers
    <algorithm> <array> <bit> <charconv> <cstddef> <cstdint> <cstdio> <cstring> <functional> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <vector>)
utsim_precompile(utsim_pch ${standard_headers})
set_target_properties(utsim_pch PROPERTIES POSITION_INDEPENDENT_CODE ON)
if(UTSIM_TESTS)
    utsim_precompile(utsim_test_pch ${standard_headers} <catch2/catch.hpp> <rapidcheck.h>)
    target_link_libraries(utsim_test_pch PRIVATE utsim_test_build)
endif()
