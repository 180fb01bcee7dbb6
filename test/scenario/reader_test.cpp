// SPDX-License-Identifier: MIT
// Positions, suggestions and the form of messages.
#include "base/suggest.hpp"
#include "scenario/diagnostic.hpp"
#include "scenario/json_reader.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;

void read(std::string_view text, JsonValue& root) {
    Problems problems(text, "t.json");
    REQUIRE(read_json(text, root, problems));
    REQUIRE(problems.empty());
}

TEST_CASE("every key and value knows its place", "[json]") {
    JsonValue root;
    read("{ \"a\": [10, \"x\\\"y\",\n  -3.5e1],\n\"b/~\": { } , \"c\":null}", root);
    const JsonMember* a = root.find("a");
    REQUIRE(a != nullptr);
    CHECK(a->key_place.line == 1);
    CHECK(a->key_place.column == 3);
    CHECK(a->key_place.length == 3);
    CHECK(a->value.place.column == 8);
    REQUIRE(a->value.items.size() == 3);
    CHECK(a->value.items[1].place.column == 13);
    CHECK(a->value.items[1].place.length == 6);
    CHECK(a->value.items[1].text == "x\"y");
    CHECK(a->value.items[2].place.line == 2);
    CHECK(a->value.items[2].place.column == 3);
    CHECK(a->value.items[2].place.length == 6);
    CHECK(a->value.items[2].is(JsonKind::real));
    CHECK(a->value.items[0].pointer() == "/a/0");
    const JsonMember* b = root.find("b/~");
    REQUIRE(b != nullptr);
    CHECK(b->value.pointer() == "/b~1~0");
    CHECK(b->key_place.line == 3);
    CHECK(root.find("c")->value.place.column == 18);
}

TEST_CASE("values below a long key cost no more than others", "[json]") {
    std::string text = "{\"" + std::string(1'000'000, 'k') + "\":[0";
    for (int i = 0; i < 50'000; ++i) text += ",0";
    JsonValue root;
    read(text + "]}", root);  // with a copy of the pointer for each value: 50 GB
    REQUIRE(root.members.size() == 1);
    const JsonValue& list = root.members[0].value;
    REQUIRE(list.items.size() == 50'001);
    const std::string pointer = list.items[7].pointer();
    CHECK(pointer.size() == 1'000'003);
    CHECK(pointer.substr(1'000'001) == "/7");
}

TEST_CASE("duplicate keys have the pointer of what they double", "[json]") {
    Problems problems("", "t.json");
    JsonValue root;
    REQUIRE(
        read_json(R"([1, {"a": {"b": [0, {"c": 1, "c": {"d": 2, "d": 3}}]}}])", root, problems));
    const std::vector<Error> errors = problems.take();
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].pointer == "/1/a/b/1/c");
    CHECK(errors[1].pointer == "/1/a/b/1/c/d");
}

TEST_CASE("of many mistakes the first in the file are told", "[json]") {
    std::string text(50, ' ');
    Problems problems(text, "t.json");
    for (std::size_t column = 50; column > 0; --column) {
        const TextPlace place{1, column, 1};
        CHECK(problems.wants(place));
        problems.add_at(110, place, "", "wrong " + std::to_string(column));
    }
    CHECK(!problems.wants({1, 21, 1}));
    CHECK(problems.wants({1, 20, 1}));
    problems.pass_over();
    CHECK(problems.count() == 51);
    const std::vector<Error> errors = problems.take();
    REQUIRE(errors.size() == 20);
    for (std::size_t i = 0; i < errors.size(); ++i) CHECK(errors[i].column == i + 1);
}

TEST_CASE("large integers are integers", "[json]") {
    JsonValue root;
    read("[9223372036854775807, 9223372036854775808, 99999999999999999999999]", root);
    CHECK(!root.items[0].too_large);
    CHECK(root.items[1].too_large);
    CHECK(root.items[2].is(JsonKind::integer));
    CHECK(root.items[2].too_large);
}

TEST_CASE("suggestions are near", "[suggest]") {
    constexpr std::string_view words[] = {"SYSCALL_ENTRY", "SYSCALL_EXIT", "QUIESCE"};
    CHECK(nearest_word("SYSCAL_ENTRY", words) == "SYSCALL_ENTRY");
    CHECK(nearest_word("quiesce", words) == "QUIESCE");
    CHECK(nearest_word("nothing like it", words).empty());
    CHECK(edit_distance("abcd", "acbd") == 1);
    CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("a message shows the place", "[diagnostic]") {
    Error error;
    error.code = "E-SCN-113";
    error.message = "unknown event \"SYSCAL_ENTRY\"";
    error.file = "mine.json";
    error.line = 12;
    error.column = 19;
    error.length = 14;
    error.pointer = "/engines/1/events/0";
    error.source_line = "      \"events\": [\"SYSCAL_ENTRY\"],";
    error.hint = "did you mean SYSCALL_ENTRY?";
    CHECK(format_error(error) ==
          "mine.json:12:19: error: unknown event \"SYSCAL_ENTRY\" [E-SCN-113]\n"
          "  at /engines/1/events/0\n"
          "   12 |       \"events\": [\"SYSCAL_ENTRY\"],\n"
          "      |                   ^~~~~~~~~~~~~~ did you mean SYSCALL_ENTRY?\n");
    error.source_line = "äö \x01x";
    error.column = 7;
    error.length = 1;
    CHECK(format_error(error).find("   12 | äö  x\n      |     ^ did") != std::string::npos);
}

TEST_CASE("positions of random documents lead back to their text", "[json]") {
    testing::check_property("json places", [] {
        const auto numbers = *rc::gen::container<std::vector<int>>(rc::gen::arbitrary<int>());
        std::string text = "[";
        for (const int number : numbers) {
            if (text.size() > 1) text += *rc::gen::element<std::string>(",", " ,\n", ",\t ");
            text += std::to_string(number);
        }
        text += "]";
        JsonValue root;
        read(text, root);
        RC_ASSERT(root.items.size() == numbers.size());
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const TextPlace& place = root.items[i].place;
            const std::string_view line = line_of(text, place.line);
            RC_ASSERT(line.substr(place.column - 1, place.length) == std::to_string(numbers[i]));
        }
    });
}

}  // namespace
