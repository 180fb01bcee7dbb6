# SPDX-License-Identifier: MIT
# With UTSIM_PCH, the headers that most files need are parsed once. Off by default, because then a
# file that forgets an include compiles all the same; `./dev check` uses it for its further builds.

function(utsim_precompile name)
    set(empty ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
    file(CONFIGURE OUTPUT ${empty} CONTENT "")
    add_library(${name} OBJECT ${empty})
    target_link_libraries(${name} PRIVATE utsim_build)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

set(standard_headers
    <algorithm> <array> <bit> <charconv> <cstddef> <cstdint> <cstdio> <cstring> <functional> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <vector>)
utsim_precompile(utsim_pch ${standard_headers})
set_target_properties(utsim_pch PROPERTIES POSITION_INDEPENDENT_CODE ON)
if(UTSIM_TESTS)
    utsim_precompile(utsim_test_pch ${standard_headers} <catch2/catch.hpp> <rapidcheck.h>)
    target_link_libraries(utsim_test_pch PRIVATE utsim_test_build)
endif()
