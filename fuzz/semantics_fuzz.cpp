// SPDX-License-Identifier: MIT
// Whatever the bytes are, loading a semantics ends: with one that reads back as itself, or with
// mistakes. The first byte says whether the rest is a file or a text of the command line.
#include <cstdint>
#include <string_view>

#include <utsim/semantics.hpp>

#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto read = (data[0] & 1) != 0 ? utsim::load_semantics_text(text, "fuzz.json")
                                         : utsim::describe_semantics(text);
    if (!read.ok()) {
        UTSIM_CHECK(!read.errors().empty(), "a failure without a mistake");
        return 0;
    }
    const auto again = utsim::describe_semantics(read->name);
    UTSIM_CHECK(again.ok() && again->digest == read->digest, "a name that means something else");
    return 0;
}
