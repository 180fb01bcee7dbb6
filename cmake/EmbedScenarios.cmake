# SPDX-License-Identifier: MIT
# Run with `cmake -P`: writes OUT, a C++ table of all FOLDER/*/*.json, for builtin_scenarios().

file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.json)
list(SORT files)
set(rows "")
set(count 0)
foreach(file IN LISTS files)
    file(READ ${FOLDER}/${file} text)
    string(REGEX REPLACE "\\.json$" "" name ${file})
    # A string literal may have 64 KiB; ours are far smaller, and a longer one is a compile error.
    string(APPEND rows "    {\"${name}\", R\"utsim(${text})utsim\"},\n")
    math(EXPR count "${count} + 1")
endforeach()
if(count EQUAL 0)
    set(rows "    {\"\", \"\"},\n")
endif()
set(code "// SPDX-License-Identifier: MIT
// Generated from scenarios/ by cmake/EmbedScenarios.cmake.
#include <utsim/scenario.hpp>

namespace utsim {

namespace {

constexpr BuiltinScenario table[] = {
${rows}};
constexpr std::size_t count = ${count};

}  // namespace

std::span<const BuiltinScenario> builtin_scenarios() { return {table, count}; }

}  // namespace utsim
")
file(WRITE ${OUT} "${code}")
