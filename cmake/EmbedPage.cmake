# SPDX-License-Identifier: MIT
# Run with `cmake -P`: writes OUT, the files of FOLDER as C++ strings (report/page_files.hpp).

set(code "// SPDX-License-Identifier: MIT
// Generated from sim/report/page/ by cmake/EmbedPage.cmake.
#include \"report/page_files.hpp\"

namespace utsim {
")
foreach(pair head_frame:head.html frame:page.html style:page.css script:page.js index:index.html)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 name)
    list(GET pair 1 file)
    file(READ ${FOLDER}/${file} text)
    # A string literal may have 64 KiB; ours are far smaller, and a longer one is a compile error.
    string(APPEND code "
std::string_view page_${name}() { return R\"utsim(${text})utsim\"; }
")
endforeach()
string(APPEND code "
}  // namespace utsim
")
file(WRITE ${OUT} "${code}")
