// SPDX-License-Identifier: MIT
// One draw after the other, in the order of the file. Shares are set so that most scenarios do
// something in most of their parts: engines mostly want QUIESCE, controllers mostly wait until
// things have come to rest, and stops mostly end.
#include "explore/scenario_maker.hpp"

#include <array>

#include <rapidcheck.h>

#include "explore/generate.hpp"
#include "explore/scenario_gen.hpp"

namespace utsim {

namespace {

constexpr auto column = [] {
    std::array<std::uint32_t, weight_count> weights{};
    for (std::size_t i = 0; i < weight_count; ++i) {
        const std::uint32_t weight = generator_rows[i].diff;
        weights[i] = weight == not_asked ? 0 : weight;
    }
    return weights;
}();

}  // namespace

ScenarioMaker::ScenarioMaker(const rc::Random& random) : Draws(random, column.data()) {}

// --- writing ---------------------------------------------------------------------------------

void ScenarioMaker::item() {
    if (!first_) out_ += ',';
    first_ = false;
}

void ScenarioMaker::open(char bracket) {
    out_ += bracket;
    first_ = true;
}

void ScenarioMaker::close(char bracket) {
    out_ += bracket;
    first_ = false;
}

void ScenarioMaker::text(std::string_view value) {
    out_ += '"';
    out_ += value;
    out_ += '"';
}

void ScenarioMaker::key(std::string_view name) {
    item();
    text(name);
    out_ += ':';
}

void ScenarioMaker::member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
}

void ScenarioMaker::member(std::string_view name, std::int64_t value) {
    key(name);
    number(value);
}

// --- names -----------------------------------------------------------------------------------

std::string ScenarioMaker::task_name() { return "t" + std::to_string(1 + below(task_count_)); }

std::string ScenarioMaker::any_task_name() {
    if (has_second_child_ && chance("whom.child2")) return "child2";
    if (has_child_ && chance("whom.child")) return "child";
    return task_name();
}

std::string ScenarioMaker::engine_name() { return "e" + std::to_string(1 + below(engine_count_)); }

std::string_view ScenarioMaker::signal() { return draw("signal"); }

// --- the whole -------------------------------------------------------------------------------

std::string ScenarioMaker::make() {
    has_child_ = chance("scenario.child");
    // Who may meet a child while it is new has to be there already.
    const bool one = has_child_ ? chance("scenario.one-family") : chance("scenario.one-task");
    task_count_ = one ? 1 : 2 + below(2);
    engine_count_ = 1 + (chance("scenario.second-engine") ? 1 : 0);
    engine_count_ += chance("scenario.third-engine") ? 1 : 0;
    controller_count_ = chance("scenario.one-controller") ? 1 : 2;
    has_second_child_ = has_child_ && chance("scenario.second-child");
    blocks_ = chance("scenario.blocks");
    open('{');
    member("format", "utsim.scenario/1");
    if (chance("machine.limited")) {
        key("machine");
        open('{');
        key("has_block_step");
        put("false");
        if (chance("machine.no-single-step")) {
            key("has_single_step");
            put("false");
        }
        close('}');
    }
    tasks();
    if (has_child_) children();
    engines();
    controllers();
    close('}');
    return std::move(out_);
}

// --- controllers -----------------------------------------------------------------------------

std::string_view ScenarioMaker::resume_action() { return draw("resume"); }

void ScenarioMaker::control(std::string_view action) {
    key("control");
    open('{');
    member("engine", engine_name());
    if (chance("control.number")) {
        member("action", std::int64_t{7});
    } else {
        member("action", action);
    }
    close('}');
}

void ScenarioMaker::await() {
    key("await");
    open('{');
    const std::string_view until = draw("await");
    if (until == "idle") {
        key("idle");
        put("true");
    } else if (until == "ticks") {
        member("ticks", 1 + below(4));
    } else if (until == "state") {
        member("task", task_name());
        member("state", draw("await-state"));
    } else {
        member("engine", engine_name());
        member("calls", 1 + below(2));
    }
    close('}');
}

/// `inside`: by a callback, which must not wait for anything.
std::string_view ScenarioMaker::drawn_verb(bool inside) {
    // Children are of interest while they are new.
    if (inside) {
        return has_child_ ? draw("inner", {"inner.attach"})
                          : draw("inner", {"inner.attach-newborn"});
    }
    return has_child_ ? draw("step", {"step.attach"}) : draw("step", {"step.attach-newborn"});
}

void ScenarioMaker::step(bool inside) {
    const std::string_view word = drawn_verb(inside);
    const std::string_view verb = word == "attach-newborn" ? "attach" : word;
    item();
    open('{');
    if (verb == "control" && inside) {
        // Callbacks are where another engine's stop can be undone before it happens.
        control(draw("inner-control"));
    } else if (verb == "control") {
        control(resume_action());
    } else if (verb == "await") {
        await();
    } else {
        key(verb);
        open('{');
        arguments(verb);
        close('}');
    }
    close('}');
}

/// What a call is about.
void ScenarioMaker::arguments(std::string_view verb) {
    if (verb == "kill" || verb == "tkill") {
        member("task", any_task_name());
        member("signal", signal());
    } else if (verb == "wake" || verb == "reap") {
        member("task", any_task_name());
    } else if (verb == "spurious_wake") {
        member("task", task_name());
        member("states", "TRACED");
    } else if (verb == "lookup") {
        member("task", any_task_name());
        if (chance("lookup.engine")) member("engine", engine_name());
        key("flags");
        put(R"(["MATCH_OPS"])");
    } else {
        member("engine", engine_name());
        if (verb == "attach") {
            member("task",
                   has_child_ && chance("attach.child") ? std::string("child") : any_task_name());
            if (!chance("attach.flags")) return;
            key("flags");
            put(R"(["CREATE","EXCLUSIVE","MATCH_OPS"])");
        } else if (verb == "set_events") {
            key("events");
            if (!chance("set_events.number")) return event_mask(chance("set_events.quiesce"));
            number((1 << 14) | 1 | below(1 << 13));  // bits that an engine has no business with
        }
    }
}

void ScenarioMaker::steps_of_controller(std::uint32_t index) {
    const std::uint32_t count = 2 + below(8);
    const std::uint32_t release_at = below(count);
    const bool releases = blocks_ && index == controller_count_;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (releases && i == release_at) {
            item();
            put(R"({"release":"go"})");
        }
        step(false);
        // What a call did shows once everybody has come to rest.
        if (chance("behind-step.idle")) {
            item();
            put(R"({"await":{"idle":true}})");
        }
    }
    if (chance("behind-steps.reap")) {
        item();
        open('{');
        key("reap");
        open('{');
        member("task", task_name());
        close('}');
        close('}');
    }
}

void ScenarioMaker::controllers() {
    key("controllers");
    open('[');
    for (std::uint32_t i = 1; i <= controller_count_; ++i) {
        item();
        open('{');
        member("name", "c" + std::to_string(i));
        key("steps");
        open('[');
        steps_of_controller(i);
        close(']');
        close('}');
    }
    close(']');
}

// --- the generator ---------------------------------------------------------------------------

rc::Gen<std::string> scenario_gen() {
    return rc::Gen<std::string>([](const rc::Random& random, int) {
        return rc::shrinkable::just(ScenarioMaker(random).make());
    });
}

std::string generate_scenario(std::uint64_t seed, std::uint64_t index) {
    // Far apart, so that neighbouring seeds share no scenarios.
    rc::Random random(seed * 0x9e3779b97f4a7c15ull + index);
    return scenario_gen()(random, 0).value();
}

}  // namespace utsim
