// SPDX-License-Identifier: MIT
// Each rule is about one duty, and errs on the side of leaving something out: what a rule cannot
// see to be right in every order goes. The rules are applied in an order in which none undoes what
// another has done.
#include "explore/lawful.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace utsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* opener = "opener";

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The step's call, `control` and so on; empty for one without.
std::string verb_of(const Json& step) {
    for (const auto& [key, value] : step.items()) {
        if (key != "expect" && key != "note") return key;
    }
    return {};
}

bool about_late(std::string_view callback) { return callback == "death" || callback == "reap"; }

class Mender {
public:
    explicit Mender(Json& scenario) : scenario_(scenario) {}

    void mend() {
        collect();
        steps_that_the_machine_has();
        each_answer([&](Json& engine, const std::string& key, Json& answer) {
            signals_with_info(key, answer);
            waits(key, answer);
            inner_steps(engine, key, answer);
        });
        missing_callbacks();
        controllers();
        flags_are_raised();
    }

private:
    using AnswerRule = std::function<void(Json& engine, const std::string& key, Json& answer)>;

    /// The list of that name; an empty one where there is none.
    Json& list_in(Json& object, const char* key) {
        const auto found = object.find(key);
        if (found != object.end() && found->is_array()) return *found;
        return nothing_ = Json::array();
    }

    // --- what there is -------------------------------------------------------------------

    void collect() {
        for (Json& task : list_in(scenario_, "tasks")) {
            tasks_.insert(text_of(task, "name"));
        }
        for (Json& engine : list_in(scenario_, "engines")) {
            std::string on = text_of(engine, "on");
            if (on.empty() && tasks_.size() == 1) on = *tasks_.begin();
            on_[text_of(engine, "name")] = on;
            if (text_of(engine, "attach") == "controller") late_.insert(text_of(engine, "name"));
        }
        // Whoever makes a call about an engine: a controller, or the engine of a callback.
        for (Json& controller : list_in(scenario_, "controllers")) {
            for (const Json& step : list_in(controller, "steps")) {
                note_caller(step, text_of(controller, "name"));
                if (step.contains("await") && step["await"].contains("flag")) {
                    flags_.insert(text_of(step["await"], "flag"));
                }
            }
        }
        each_answer([&](Json& engine, const std::string&, Json& answer) {
            if (!answer.is_object()) return;
            for (const Json& step : list_in(answer, "do")) {
                note_caller(step, text_of(engine, "name"));
            }
        });
    }

    void note_caller(const Json& step, const std::string& who) {
        const std::string verb = verb_of(step);
        if (verb.empty() || !step[verb].is_object()) return;
        const std::string engine = text_of(step[verb], "engine");
        if (engine.empty()) return;
        callers_[engine].insert(who);
        if (verb == "attach") attached_by_steps_.insert(engine);
    }

    void each_answer(const AnswerRule& rule) {
        for (Json& engine : list_in(scenario_, "engines")) {
            if (engine.contains("answers")) {
                for (auto& [key, queue] : engine["answers"].items()) {
                    for (Json& answer : queue) rule(engine, key, answer);
                }
            }
            for (Json& entry : list_in(engine, "rules")) {
                const std::string key =
                    entry.contains("when") ? text_of(entry["when"], "callback") : std::string();
                rule(engine, key.empty() ? "*" : key, entry);
            }
            if (!engine.contains("default")) continue;
            for (auto& [key, answer] : engine["default"].items()) rule(engine, key, answer);
        }
    }

    // --- C-216: steps are for machines that have them --------------------------------------

    void steps_that_the_machine_has() {
        const auto machine = scenario_.find("machine");
        if (machine == scenario_.end()) return;
        const auto lacks = [&](const char* what) {
            return machine->contains(what) && (*machine)[what] == false;
        };
        const bool no_single = lacks("has_single_step");
        if (!no_single && !lacks("has_block_step")) return;
        replace_steps(scenario_, no_single);
        for (Json& engine : list_in(scenario_, "engines")) {
            if (text_of(engine, "kind") != "stepper") continue;
            if (no_single) {
                engine.erase("kind");
                engine.erase("config");
            } else if (engine.contains("config")) {
                engine["config"].erase("by");
            }
        }
    }

    static void replace_steps(Json& node, bool no_single) {
        if (node.is_string()) {
            if (node == "BLOCKSTEP") node = no_single ? "REPORT" : "SINGLESTEP";
            if (node == "SINGLESTEP" && no_single) node = "REPORT";
        } else if (node.is_structured()) {
            for (Json& part : node) replace_steps(part, no_single);
        }
    }

    // --- C-093: without a signal, info holds nothing ---------------------------------------

    static void signals_with_info(const std::string& key, Json& answer) {
        const bool always_there = key.starts_with("signal:SIG");
        const bool signal = key == "*" || key.starts_with("signal");
        if (!signal || always_there) return;
        const bool object = answer.is_object();
        if (object && answer.contains("set") && answer["set"].contains("si_signo")) return;
        if (object && !answer.contains("return")) return;
        Json& word = object ? answer["return"] : answer;
        if (!word.is_array() || word.size() < 2) return;
        const std::string part = word[1].is_string() ? word[1].get<std::string>() : "";
        const bool syscall = part == "RUN" || part == "ABORT";
        if (!syscall && part != "IGN") word[1] = "IGN";
    }

    // --- C-056, C-152, C-169: callbacks wait only for what is sure to come -------------------

    void waits(const std::string& key, Json& answer) {
        if (!answer.is_object() || !answer.contains("block")) return;
        // report_reap may run in the parent, and a death report keeps the reaper waiting.
        if (about_late(key) || key == "*") {
            answer.erase("block");
        } else {
            flags_.insert(text_of(answer, "block"));
        }
    }

    /// Somebody who does nothing else raises them.
    void flags_are_raised() {
        if (flags_.empty()) return;
        Json steps = Json::array();
        steps.push_back({{"await", {{"ticks", 2}}}});
        for (const std::string& flag : flags_) {
            Json release = Json::object();
            release["release"] = flag;
            steps.push_back(std::move(release));
        }
        if (!scenario_.contains("controllers")) scenario_["controllers"] = Json::array();
        for (Json& controller : scenario_["controllers"]) {
            if (text_of(controller, "name") != opener) continue;
            controller["steps"] = std::move(steps);
            return;
        }
        scenario_["controllers"].push_back({{"name", opener}, {"steps", std::move(steps)}});
    }

    // --- C-047: a table has an entry for what is asked for ---------------------------------

    void missing_callbacks() {
        for (Json& engine : list_in(scenario_, "engines")) {
            if (!engine.contains("lacks")) continue;
            const bool changes = callers_.count(text_of(engine, "name")) != 0;
            const std::string mask =
                engine.contains("events") ? engine["events"].dump() : std::string();
            const bool known = !changes && !mask.empty() && mask[0] == '[';
            Json kept = Json::array();
            for (const Json& callback : engine["lacks"]) {
                const bool jctl = callback == "jctl" && mask.find("JCTL") == std::string::npos;
                const bool exec = callback == "exec" && mask.find("EXEC") == std::string::npos;
                if (callback == "release" || (known && (jctl || exec))) kept.push_back(callback);
            }
            engine["lacks"] = std::move(kept);
        }
    }

    // --- steps of callbacks ------------------------------------------------------------------

    void inner_steps(Json& engine, const std::string& key, Json& answer) {
        if (!answer.is_object() || !answer.contains("do")) return;
        const std::string name = text_of(engine, "name");
        const std::string& task = on_[name];
        Json kept = Json::array();
        int prepared = 0;
        for (Json& step : answer["do"]) {
            const std::string verb = verb_of(step);
            if (verb.empty()) continue;
            const Json& call = step[verb];
            const std::string about = call.is_object() ? text_of(call, "engine") : "";
            // C-056: two tasks could wait for each other. C-152: nor does a reaper wait.
            if (verb == "barrier" && (key == "reap" || on_[about] != task)) continue;
            // C-237, C-241: of the task itself, and in pairs.
            if (verb == "prepare_examine" || verb == "finish_examine") {
                if (about_late(key) || key == "*" || about != name || attached_elsewhere(name)) {
                    continue;
                }
                prepared += verb == "prepare_examine" ? 1 : -1;
                if (prepared < 0 || prepared > 1) return drop_examinations(answer);
            }
            // C-158, C-244
            if (verb == "set_regs" || verb == "check_regs") {
                if (about_late(key) || key == "*" || text_of(call, "task") != task ||
                    attached_elsewhere(name)) {
                    continue;
                }
            }
            if (verb == "spurious_wake") continue;
            if (verb == "put" || verb == "get") {
                if (!keeps_reference(kept, verb, about)) continue;
            }
            kept.push_back(step);
        }
        answer["do"] = std::move(kept);
        if (prepared != 0) drop_examinations(answer);
    }

    static void drop_examinations(Json& answer) {
        Json kept = Json::array();
        for (const Json& step : answer["do"]) {
            const std::string verb = verb_of(step);
            if (verb != "prepare_examine" && verb != "finish_examine") kept.push_back(step);
        }
        answer["do"] = std::move(kept);
    }

    /// Whether the engine may be attached to another task than the one it is meant for.
    bool attached_elsewhere(const std::string& engine) const {
        return late_.count(engine) != 0 || attached_by_steps_.count(engine) != 0;
    }

    /// C-025, C-026: who drops a reference has taken it before, from an engine that is there.
    bool keeps_reference(const Json& before, const std::string& verb,
                         const std::string& engine) const {
        if (attached_elsewhere(engine)) return false;
        if (verb == "get") return true;
        int surplus = 0;
        for (const Json& step : before) {
            const std::string done = verb_of(step);
            if (done != "get" && done != "put") continue;
            if (text_of(step[done], "engine") == engine) surplus += done == "get" ? 1 : -1;
        }
        return surplus > 0;
    }

    // --- steps of controllers ----------------------------------------------------------------

    void controllers() {
        for (Json& controller : list_in(scenario_, "controllers")) {
            const Json steps = list_in(controller, "steps");
            Json kept = Json::array();
            std::string held;  // the engine that holds its task here
            bool prepared = false;
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const std::string verb = verb_of(steps[i]);
                if (verb.empty()) continue;
                const Json& call = steps[i][verb];
                const std::string about = call.is_object() ? text_of(call, "engine") : "";
                const bool examines = verb == "prepare_examine" || verb == "finish_examine";
                if (prepared && (verb == "await" || (about == held && !examines))) {
                    finish(kept, prepared, held);
                }
                if (about == held && !examines) held.clear();
                // C-237, C-241
                if (examines && (held.empty() || about != held)) continue;
                if (examines && prepared == (verb == "prepare_examine")) continue;
                if (examines) prepared = !prepared;
                // C-158
                const bool looks = verb == "set_regs" || verb == "check_regs";
                if (looks && (text_of(call, "task") != on_[held] || may_be_killed())) continue;
                if (verb == "spurious_wake" && call["states"] != "INTERRUPTIBLE") continue;
                const bool counts = verb == "put" || verb == "get";
                if (counts && !keeps_reference(kept, verb, about) && !is_last(steps, i)) continue;
                kept.push_back(steps[i]);
                if (holds(steps, i)) held = text_of(steps[i - 1]["control"], "engine");
            }
            finish(kept, prepared, held);
            controller["steps"] = std::move(kept);
        }
    }

    /// Whether step `at` drops the reference of the attachment, which nobody needs any more.
    bool is_last(const Json& steps, std::size_t at) {
        if (!steps[at].contains("put")) return false;
        const std::string engine = text_of(steps[at]["put"], "engine");
        if (attached_elsewhere(engine) || callers_[engine].size() != 1) return false;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string verb = verb_of(steps[i]);
            if (i == at || verb.empty() || !steps[i][verb].is_object()) continue;
            const bool same = text_of(steps[i][verb], "engine") == engine;
            const bool counts = verb == "get" || verb == "put";
            if (same && (i > at || counts)) return false;
        }
        return true;
    }

    /// Whether anything in the scenario may kill a task that is held.
    bool may_be_killed() const {
        const std::string text = scenario_.dump();
        for (const char* word : {"SIGKILL", "THREAD", "exit_group", "exec", "\"asm\"", "\"bytes\""}) {
            if (text.find(word) != std::string::npos) return true;
        }
        return false;
    }

    static void finish(Json& kept, bool& prepared, const std::string& engine) {
        if (!prepared) return;
        Json step = Json::object();
        step["finish_examine"] = {{"engine", engine}};
        kept.push_back(std::move(step));
        prepared = false;
    }

    /// Step `at` waits until the STOP before it, of an engine that nobody else has to do with and
    /// that answers as it wants, has had its effect.
    bool holds(const Json& steps, std::size_t at) {
        if (at == 0 || verb_of(steps[at]) != "await" || verb_of(steps[at - 1]) != "control") {
            return false;
        }
        const Json& await = steps[at]["await"];
        const Json& control = steps[at - 1]["control"];
        const std::string engine = text_of(control, "engine");
        if (text_of(control, "action") != "STOP" || attached_elsewhere(engine)) return false;
        if (text_of(await, "task") != on_[engine] || !await.contains("state")) return false;
        if (await["state"] != "TRACED") return false;
        if (callers_[engine].size() != 1) return false;
        for (const Json& json : list_in(scenario_, "engines")) {
            if (text_of(json, "name") == engine) return answers_as_it_wants(json);
        }
        return false;
    }

    static bool answers_as_it_wants(const Json& engine) {
        if (engine.contains("kind") || engine.contains("rules") || engine.contains("then")) {
            return false;
        }
        if (engine.contains("answers") && !engine["answers"].empty()) return false;
        if (!engine.contains("default") || text_of(engine["default"], "*") != "STICKY") {
            return false;
        }
        return engine.contains("events") &&
               engine["events"].dump().find("QUIESCE") != std::string::npos;
    }

    Json& scenario_;
    Json nothing_ = Json::array();
    std::set<std::string> tasks_;
    std::map<std::string, std::string> on_;  ///< the task that an engine is meant for
    std::set<std::string> late_;             ///< engines that are not there from the start
    std::set<std::string> attached_by_steps_;
    std::map<std::string, std::set<std::string>> callers_;
    std::set<std::string> flags_;  ///< that callbacks wait for
};

}  // namespace

void make_lawful(Json& scenario) { Mender(scenario).mend(); }

}  // namespace utsim
