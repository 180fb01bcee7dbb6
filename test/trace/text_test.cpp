// SPDX-License-Identifier: MIT
// The text form and the columns, to the letter.
#include "made_up_run.hpp"
#include "support/golden.hpp"
#include "support/testing.hpp"
#include "trace/text_writer.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

std::string made_up_text(const TextOptions& options) {
    const TraceEnd end{"quiet", "", 16, 22, "A6B2A8", "0123-4567-89ab-cdef"};
    return write_text(made_up_header(), made_up_log(), made_up_names(), end, options);
}

}  // namespace

TEST_CASE("the text form", "[text]") {
    check_golden("test/trace/golden/text.txt", made_up_text({}));
}

TEST_CASE("the text form with everything", "[text]") {
    TextOptions options;
    options.full = true;
    check_golden("test/trace/golden/full.txt", made_up_text(options));
}

TEST_CASE("a stretch of the text form", "[text]") {
    TextOptions options;
    options.from = 3;
    options.until = 5;
    const std::string text = made_up_text(options);
    CHECK(text.find("]     2  ") == std::string::npos);
    CHECK(text.find("]     4  ") != std::string::npos);
    CHECK(text.find("]     6  ") == std::string::npos);
}

TEST_CASE("colour is around lines, and only when asked for", "[text]") {
    TextOptions options;
    options.color = true;
    CHECK(made_up_text(options).find("\x1b[36m") != std::string::npos);
    CHECK(made_up_text({}).find('\x1b') == std::string::npos);
}

TEST_CASE("columns", "[text]") {
    check_golden("test/trace/golden/columns.txt",
                 write_columns(made_up_log(), made_up_names(), {}));
}
