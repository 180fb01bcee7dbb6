// SPDX-License-Identifier: MIT
// One draw after the other, in the order of the file. Shares are set so that most scenarios do
// something in most of their parts: engines mostly want QUIESCE, controllers mostly wait until
// things have come to rest, and stops mostly end.
#include "explore/scenario_maker.hpp"

#include <rapidcheck.h>

#include "explore/generate.hpp"
#include "explore/scenario_gen.hpp"

namespace utsim {

std::string_view ScenarioMaker::draw(std::initializer_list<Weighted> words) {
    std::uint32_t sum = 0;
    for (const Weighted& word : words) sum += word.weight;
    std::uint32_t drawn = below(sum);
    for (const Weighted& word : words) {
        if (drawn < word.weight) return word.word;
        drawn -= word.weight;
    }
    return words.begin()->word;
}

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
    if (has_second_child_ && chance(10)) return "child2";
    if (has_child_ && chance(25)) return "child";
    return task_name();
}

std::string ScenarioMaker::engine_name() { return "e" + std::to_string(1 + below(engine_count_)); }

std::string_view ScenarioMaker::signal() {
    return draw({{"SIGUSR1", 30},
                 {"SIGHUP", 12},
                 {"SIGTRAP", 8},
                 {"SIGSTOP", 8},
                 {"SIGTSTP", 6},
                 {"SIGCONT", 14},
                 {"SIGKILL", 14},
                 {"SIGTERM", 6},
                 {"SIGCHLD", 4},
                 {"SIGSEGV", 3}});
}

// --- the whole -------------------------------------------------------------------------------

std::string ScenarioMaker::make() {
    has_child_ = chance(30);
    // Who may meet a child while it is new has to be there already.
    task_count_ = chance(has_child_ ? 50 : 75) ? 1 : 2 + below(2);
    engine_count_ = 1 + (chance(55) ? 1 : 0) + (chance(15) ? 1 : 0);
    controller_count_ = chance(62) ? 1 : 2;
    has_second_child_ = has_child_ && chance(25);
    blocks_ = chance(25);
    open('{');
    member("format", "utsim.scenario/1");
    if (chance(12)) {
        key("machine");
        open('{');
        key("has_block_step");
        put("false");
        if (chance(50)) {
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

std::string_view ScenarioMaker::resume_action() {
    return draw({{"STOP", 26},
                 {"RESUME", 16},
                 {"SINGLESTEP", 17},
                 {"BLOCKSTEP", 13},
                 {"REPORT", 11},
                 {"INTERRUPT", 14},
                 {"DETACH", 10}});
}

void ScenarioMaker::control(std::string_view action) {
    key("control");
    open('{');
    member("engine", engine_name());
    if (chance(2)) {
        member("action", std::int64_t{7});
    } else {
        member("action", action);
    }
    close('}');
}

void ScenarioMaker::await() {
    key("await");
    open('{');
    const std::uint32_t drawn = below(100);
    if (drawn < 78) {
        key("idle");
        put("true");
    } else if (drawn < 86) {
        member("ticks", 1 + below(4));
    } else if (drawn < 95) {
        member("task", task_name());
        member("state", draw({{"TRACED", 3}, {"INTERRUPTIBLE", 1}, {"STOPPED", 1}}));
    } else {
        member("engine", engine_name());
        member("calls", 1 + below(2));
    }
    close('}');
}

/// `inside`: by a callback, which must not wait for anything.
void ScenarioMaker::step(bool inside) {
    const std::string_view verb = draw({{"control", inside ? 60u : 44u},
                                        {"await", inside ? 0u : 34u},
                                        {"set_events", 8},
                                        {"attach", has_child_ ? inside ? 30u : 12u : 6u},
                                        {"lookup", 5},
                                        {"barrier", inside ? 1u : 5u},
                                        {"kill", 6},
                                        {"tkill", 5},
                                        {"wake", 4},
                                        {"reap", inside ? 0u : 5u},
                                        {"prepare_examine", inside ? 0u : 2u},
                                        {"finish_examine", inside ? 0u : 1u},
                                        {"put", 1},
                                        {"spurious_wake", 1}});
    item();
    open('{');
    if (verb == "control" && inside) {
        // Callbacks are where another engine's stop can be undone before it happens.
        control(draw({{"DETACH", 24},
                      {"RESUME", 22},
                      {"STOP", 18},
                      {"INTERRUPT", 12},
                      {"REPORT", 10},
                      {"SINGLESTEP", 9},
                      {"BLOCKSTEP", 5}}));
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
        if (chance(60)) member("engine", engine_name());
        key("flags");
        put(R"(["MATCH_OPS"])");
    } else {
        member("engine", engine_name());
        if (verb == "attach") {
            // Children are of interest while they are new.
            member("task", has_child_ && chance(40) ? std::string("child") : any_task_name());
            if (!chance(20)) return;
            key("flags");
            put(R"(["CREATE","EXCLUSIVE","MATCH_OPS"])");
        } else if (verb == "set_events") {
            key("events");
            if (!chance(12)) return event_mask(chance(70));
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
        if (chance(35)) {
            item();
            put(R"({"await":{"idle":true}})");
        }
    }
    if (chance(25)) {
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
