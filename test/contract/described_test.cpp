// SPDX-License-Identifier: MIT
// The lists of fields by which two histories are compared: none is forgotten, and they tell apart
// what only moves on with time from what decides.
#include <cstddef>
#include <string>
#include <utility>

#include <utsim/errno.hpp>

#include "contract/story.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// Fits every member.
struct Anything {
    template <typename T>
    operator T() const;
};

template <typename T, std::size_t... I>
constexpr bool can_be_made_of(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), Anything{})...}; };
}

/// How many members an aggregate has; an array counts as many as it has elements.
template <typename T, std::size_t N = 64>
constexpr std::size_t members_of() {
    if constexpr (can_be_made_of<T>(std::make_index_sequence<N>{})) {
        return N;
    } else {
        return members_of<T, N - 1>();
    }
}

/// Counts fields, and looks whether they come in the order of declaration, without a hole that a
/// member could be in.
class Layout {
public:
    explicit Layout(const void* record) : end_(static_cast<const char*>(record)) {}

    template <typename T>
    void plain(const char* name, const T& field) {
        const char* at = reinterpret_cast<const char*>(&field);
        INFO(name);
        CHECK(at >= end_);
        CHECK(static_cast<std::size_t>(at - end_) < alignof(std::max_align_t));
        end_ = at + sizeof field;
        ++fields;
    }
    void stamp(const char* name, const std::uint64_t& field) { plain(name, field); }
    void count(const char* name, const std::uint64_t& field) { plain(name, field); }
    template <typename T>
    void within(const char* name, const T& field) {
        plain(name, field);
    }

    std::size_t fields = 0;

private:
    const char* end_;
};

template <typename T>
void check_members(T record = {}) {
    Layout layout(&record);
    describe(layout, record);
    CHECK(layout.fields == members_of<T>());
}

/// Writes down what it is told, stamps and counts by `shift` earlier.
class Writer {
public:
    explicit Writer(std::uint64_t shift) : shift_(shift) {}

    void record(const char* name, std::uint32_t index) {
        text += std::string(name) + " " + std::to_string(index) + "\n";
    }
    template <typename T>
    void plain(const char* name, const T& field) {
        put(name, static_cast<std::uint64_t>(field));
    }
    void stamp(const char* name, std::uint64_t step) {
        put(name, step == never || step == 0 ? step : step - shift_);
    }
    void count(const char* name, std::uint64_t count) { put(name, count); }
    template <typename T>
    void within(const char*, const T& field) {
        describe(*this, field);
    }

    std::string text;

private:
    void put(const char* name, std::uint64_t value) {
        text += std::string("  ") + name + " " + std::to_string(value) + "\n";
    }
    std::uint64_t shift_;
};

std::string described(const Contract& contract, std::uint64_t shift) {
    Writer writer(shift);
    contract.describe(writer);
    return writer.text;
}

}  // namespace

TEST_CASE("what a history is compared by leaves out no member", "[contract]") {
    check_members<AnswerView>();
    check_members<EngineView>();
    check_members<TaskView>();
    check_members<CallView>();
    check_members<Circumstances>();
    check_members<PassView>();
    check_members<StepView>();
    check_members<TaskLedger>();
    check_members<EngineLedger>();
    check_members<CallLedger>();
    check_members<Examination>();
    ActorView all_calls;
    all_calls.calls = ActorView::nesting;
    check_members<ActorView>(all_calls);
}

TEST_CASE("the same story told later differs in stamps alone", "[contract]") {
    const auto tell = [](Story& story) {
        story.task(1).attach(0, 1).list(0);
        story.set_events(0, UTRACE_EVENT(EVENT_QUIESCE));
        story.control(0, UTRACE_STOP, -K_EINPROGRESS);
    };
    constexpr std::uint64_t later = 1000;
    Story first("I5", false);
    Story second("I5", false);
    second.step = later;
    tell(first);
    tell(second);
    CHECK(described(first.contract, 0) != described(second.contract, 0));
    CHECK(described(first.contract, 0) == described(second.contract, later));
    // What a monitor waits for is among it.
    CHECK(described(first.contract, 0).find("number") != std::string::npos);
}
