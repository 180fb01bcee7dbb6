// SPDX-License-Identifier: MIT
// The digest is part of file formats: its values may never change.
#include "base/digest.hpp"

#include "test/support/testing.hpp"

using utsim::Digest;

TEST_CASE("digest: known values") {
    CHECK(Digest().text() == "efd0-1f60-ba99-2926");
    Digest text;
    text.add("utsim");
    CHECK(text.text() == "a758-666b-c028-b08a");
    Digest number;
    number.add(std::uint64_t{0x0102030405060708});
    CHECK(number.text() == "4ce8-3454-b8ce-0827");
}

TEST_CASE("digest: text is the value in four groups") {
    Digest digest;
    digest.add("x");
    std::string digits = digest.text();
    REQUIRE(digits.size() == 19);
    for (std::size_t at : {4, 9, 14}) CHECK(digits[at] == '-');
    std::erase(digits, '-');
    CHECK(std::stoull(digits, nullptr, 16) == digest.value());
}

TEST_CASE("digest: how the bytes are fed does not matter") {
    utsim::testing::check_property("digest.pieces", [](const std::string& a, const std::string& b) {
        Digest whole;
        whole.add(a + b);
        Digest pieces;
        pieces.add(a);
        pieces.add(b);
        RC_ASSERT(whole.text() == pieces.text());
    });
}

TEST_CASE("digest: a number is its little-endian bytes") {
    utsim::testing::check_property("digest.number", [](std::uint64_t number) {
        std::string bytes;
        for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i));
        Digest as_number;
        as_number.add(number);
        Digest as_bytes;
        as_bytes.add(bytes);
        RC_ASSERT(as_number.value() == as_bytes.value());
    });
}
