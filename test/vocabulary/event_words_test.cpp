// SPDX-License-Identifier: MIT
// What a listener reads without a writer of traces.
#include "support/testing.hpp"

#include <utsim/errno.hpp>
#include <utsim/event.hpp>
#include <utsim/utrace.hpp>

using namespace utsim;

namespace {

class Names final : public NameTable {
public:
    std::string_view actor(ActorId) const override { return "A"; }
    std::string_view task(TaskId id) const override { return id.value == 0 ? "target" : ""; }
    std::string_view engine(EngineId) const override { return "holder"; }
    std::string_view static_text(std::uint32_t) const override { return "utrace_stop"; }
};

Event event_of(EventKind kind, std::initializer_list<std::int64_t> values) {
    Event event;
    event.kind = kind;
    std::size_t i = 0;
    for (const std::int64_t value : values) event.value[i++] = value;
    return event;
}

constexpr std::int64_t nobody_there = EngineId::none_value;

TEST_CASE("fields are found by name", "[vocabulary]") {
    CHECK(find_field(EventKind::api, "ret") == 5u);
    CHECK(find_field(EventKind::api_enter, "ret") == std::nullopt);
    CHECK(find_field(EventKind::note, "") == std::nullopt);
    for (const KindInfo& row : event_table()) {
        for (std::size_t i = 0; i < max_fields && !row.field[i].name.empty(); ++i) {
            CHECK(find_field(row.kind, row.field[i].name) == i);
        }
    }
}

TEST_CASE("fields are printed in the words of traces", "[vocabulary]") {
    const Names names;
    const Event call = event_of(EventKind::api, {static_cast<int>(ApiCall::control), 0,
                                                 nobody_there, UTRACE_STOP, 0, -K_ESRCH, 136, 16});
    const char* const words[] = {"utrace_control", "target",     "", "UTRACE_STOP", "0x0", "-ESRCH",
                                 "TASK_TRACED",    "EXIT_ZOMBIE"};
    for (std::size_t i = 0; i < std::size(words); ++i) {
        CHECK(field_in_words(call, i, names) == words[i]);
    }
    CHECK(field_in_words(call, std::size(words), names).empty());
    CHECK(field_in_words(call, max_fields, names).empty());
}

TEST_CASE("an event in words is its kind and what its fields say", "[vocabulary]") {
    const Names names;
    CHECK(event_in_words(event_of(EventKind::engine_stop, {0, 3, 1}), names) ==
          "engine_stop task=target engine=holder on=1");
    CHECK(event_in_words(event_of(EventKind::engine_release, {nobody_there}), names) ==
          "engine_release");
    Event note = event_of(EventKind::note, {});
    note.text = "a \"b\"\x1b";
    CHECK(event_in_words(note, names) == R"(note text="a \"b\"\\u001b")");
    Event instruction = event_of(EventKind::instruction, {0});
    instruction.text = "\x0f\x05";
    const std::string told = event_in_words(instruction, names);
    CHECK(told.substr(told.rfind(' ')) == " bytes=0f05");
}

}  // namespace
