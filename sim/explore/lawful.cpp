// SPDX-License-Identifier: MIT
// Each rule is about one duty, and errs on the side of leaving something out: what a rule cannot
// see to be right in every order goes. The rules are applied in an order in which none undoes what
// another has done.
#include "explore/lawful.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace utsim {

namespace {

constexpr const char* opener = "opener";

/// A step's call, `control` and so on; null for one without.
const Draft* call_of(const Draft& step) {
    for (const Draft& part : step) {
        if (part.key() != "expect" && part.key() != "note") return &part;
    }
    return nullptr;
}

bool about_late(std::string_view callback) { return callback == "death" || callback == "reap"; }

bool says(const Draft& node, std::string_view word) {
    if (node == word) return true;
    for (const Draft& part : node) {
        if (part.key() == word || says(part, word)) return true;
    }
    return false;
}

/// What the rules have to know of an engine.
struct EngineFacts {
    std::string name;
    std::string task;               ///< that it is meant for
    bool elsewhere = false;         ///< it may be attached to another one, or not be there
    std::set<std::string> callers;  ///< who makes calls about it: controllers, other engines
};

class Mender {
public:
    explicit Mender(Draft& scenario) : scenario_(scenario) {}

    void mend() {
        collect();
        steps_that_the_machine_has();
        each_answer([&](Draft& engine, const std::string& key, Draft& answer) {
            signals_with_info(key, answer);
            waits(key, answer);
            inner_steps(engine, key, answer);
        });
        missing_callbacks();
        controllers();
        flags_are_raised();
    }

private:
    /// Calls `f` for each part of the list of that name, if there is one.
    template <typename F>
    static void each(Draft& object, std::string_view key, F&& f) {
        Draft* found = object.find(key);
        if (found == nullptr || !found->is_list()) return;
        for (Draft& part : *found) f(part);
    }

    template <typename F>
    void each_answer(F&& f) {
        each(scenario_, "engines", [&](Draft& engine) {
            if (Draft* answers = engine.find("answers")) {
                for (Draft& queue : *answers) {
                    const std::string key = queue.key();
                    for (Draft& answer : queue) f(engine, key, answer);
                }
            }
            each(engine, "rules", [&](Draft& rule) {
                const Draft* when = rule.find("when");
                const std::string& key =
                    when != nullptr ? when->text_at("callback") : std::string();
                f(engine, key.empty() ? std::string("*") : key, rule);
            });
            Draft* defaults = engine.find("default");
            if (defaults == nullptr) return;
            for (Draft& answer : *defaults) f(engine, std::string(answer.key()), answer);
        });
    }

    // --- what there is -------------------------------------------------------------------

    void collect() {
        const Draft* tasks = scenario_.find("tasks");
        each(scenario_, "engines", [&](Draft& engine) {
            EngineFacts facts{engine.text_at("name"), engine.text_at("on"), false, {}};
            if (facts.task.empty() && tasks != nullptr && tasks->size() == 1) {
                facts.task = tasks->at(0).text_at("name");
            }
            facts.elsewhere = engine.text_at("attach") == "controller";
            engines_.push_back(std::move(facts));
        });
        each(scenario_, "controllers", [&](Draft& controller) {
            each(controller, "steps", [&](Draft& step) {
                note_caller(step, controller.text_at("name"));
                const Draft* await = step.find("await");
                if (await != nullptr && await->has("flag")) flags_.insert(await->text_at("flag"));
            });
        });
        each_answer([&](Draft& engine, const std::string&, Draft& answer) {
            each(answer, "do", [&](Draft& step) { note_caller(step, engine.text_at("name")); });
        });
    }

    void note_caller(const Draft& step, const std::string& who) {
        const Draft* call = call_of(step);
        if (call == nullptr) return;
        EngineFacts* engine = facts_of(call->text_at("engine"));
        if (engine == nullptr) return;
        engine->callers.insert(who);
        if (call->key() == "attach") engine->elsewhere = true;
    }

    EngineFacts* facts_of(const std::string& name) {
        for (EngineFacts& engine : engines_) {
            if (engine.name == name) return &engine;
        }
        return nullptr;
    }

    // --- C-216: steps are for machines that have them --------------------------------------

    void steps_that_the_machine_has() {
        const Draft* machine = scenario_.find("machine");
        if (machine == nullptr) return;
        const auto lacks = [&](const char* what) {
            const Draft* found = machine->find(what);
            return found != nullptr && found->is_false();
        };
        const bool no_single = lacks("has_single_step");
        if (!no_single && !lacks("has_block_step")) return;
        replace_steps(scenario_, no_single);
        each(scenario_, "engines", [&](Draft& engine) {
            if (engine.text_at("kind") != "stepper") return;
            if (no_single) {
                engine.erase("kind");
                engine.erase("config");
            } else if (Draft* config = engine.find("config")) {
                config->erase("by");
            }
        });
    }

    static void replace_steps(Draft& node, bool no_single) {
        if (node == "BLOCKSTEP") {
            node.become(no_single ? "REPORT" : "SINGLESTEP");
        } else if (node == "SINGLESTEP" && no_single) {
            node.become("REPORT");
        }
        for (Draft& part : node) replace_steps(part, no_single);
    }

    // --- C-093: without a signal, info holds nothing ---------------------------------------

    static void signals_with_info(const std::string& key, Draft& answer) {
        const bool always_there = key.starts_with("signal:SIG");
        const bool signal = key == "*" || key.starts_with("signal");
        if (!signal || always_there) return;
        const Draft* set = answer.find("set");
        if (set != nullptr && set->has("si_signo")) return;
        Draft* word = answer.is_object() ? answer.find("return") : &answer;
        if (word == nullptr || !word->is_list() || word->size() < 2) return;
        Draft& part = word->at(1);
        if (part == "RUN" || part == "ABORT") return;
        part.become("IGN");
    }

    // --- C-056, C-152, C-169: callbacks wait only for what is sure to come -------------------

    void waits(const std::string& key, Draft& answer) {
        const Draft* block = answer.find("block");
        if (block == nullptr) return;
        // report_reap may run in the parent, and a death report keeps the reaper waiting.
        if (about_late(key) || key == "*") {
            answer.erase("block");
        } else {
            flags_.insert(block->text());
        }
    }

    /// Somebody who does nothing else raises them.
    void flags_are_raised() {
        if (flags_.empty()) return;
        Draft steps = Draft::list({{{"await", {{"ticks", 2}}}}});
        for (const std::string& flag : flags_) steps.add({{"release", flag}});
        Draft& controllers = scenario_["controllers"];
        if (!controllers.is_list()) controllers.become(Draft::list());
        for (Draft& controller : controllers) {
            if (controller.text_at("name") != opener) continue;
            controller.set("steps", std::move(steps));
            return;
        }
        controllers.add({{"name", opener}, {"steps", std::move(steps)}});
    }

    // --- C-047: a table has an entry for what is asked for ---------------------------------

    void missing_callbacks() {
        each(scenario_, "engines", [&](Draft& engine) {
            Draft* lacks = engine.find("lacks");
            if (lacks == nullptr) return;
            const EngineFacts* facts = facts_of(engine.text_at("name"));
            const Draft* mask = engine.find("events");
            const bool known =
                facts != nullptr && facts->callers.empty() && mask != nullptr && mask->is_list();
            Draft kept = Draft::list();
            for (const Draft& callback : *lacks) {
                const bool jctl = callback == "jctl" && known && !says(*mask, "JCTL");
                const bool exec = callback == "exec" && known && !says(*mask, "EXEC");
                if (callback == "release" || jctl || exec) kept.add(callback);
            }
            lacks->become(std::move(kept));
        });
    }

    // --- steps of callbacks ------------------------------------------------------------------

    void inner_steps(Draft& engine, const std::string& key, Draft& answer) {
        Draft* steps = answer.find("do");
        if (steps == nullptr) return;
        const EngineFacts* self = facts_of(engine.text_at("name"));
        Draft kept = Draft::list();
        int prepared = 0;
        for (Draft& step : *steps) {
            const Draft* call = call_of(step);
            if (call == nullptr || !may_be_inside(*call, key, *self, kept)) continue;
            if (call->key() == "prepare_examine" && prepared++ != 0) continue;
            if (call->key() == "finish_examine" && prepared-- != 1) continue;
            kept.add(std::move(step));
        }
        // C-241
        if (prepared == 1) kept.add({{"finish_examine", {{"engine", self->name}}}});
        steps->become(std::move(kept));
    }

    bool may_be_inside(const Draft& call, const std::string& key, const EngineFacts& self,
                       const Draft& before) {
        const std::string& verb = call.key();
        const bool own_task = !about_late(key) && key != "*" && !self.elsewhere;
        const EngineFacts* about = facts_of(call.text_at("engine"));
        // C-056: two tasks could wait for each other. C-152: nor does a reaper wait.
        if (verb == "barrier") {
            return key != "reap" && !self.elsewhere && about != nullptr && !about->elsewhere &&
                   about->task == self.task;
        }
        // C-237: of the task itself
        if (verb == "prepare_examine" || verb == "finish_examine") {
            return own_task && about == &self;
        }
        // C-158, C-244
        if (verb == "set_regs" || verb == "check_regs") {
            return own_task && call.text_at("task") == self.task;
        }
        if (verb == "put" || verb == "get") return keeps_reference(before, call);
        // Nobody is woken for no reason, and no callback collects the dead.
        return verb != "spurious_wake" && verb != "reap";
    }

    /// C-025, C-026: who drops a reference has taken it before, from an engine that is there.
    bool keeps_reference(const Draft& before, const Draft& call) {
        const std::string& name = call.text_at("engine");
        const EngineFacts* engine = facts_of(name);
        if (engine == nullptr || engine->elsewhere) return false;
        if (call.key() == "get") return true;
        int surplus = 0;
        for (const Draft& step : before) {
            const Draft* done = call_of(step);
            if (done->key() != "get" && done->key() != "put") continue;
            if (done->text_at("engine") == name) surplus += done->key() == "get" ? 1 : -1;
        }
        return surplus > 0;
    }

    // --- steps of controllers ----------------------------------------------------------------

    void controllers() {
        each(scenario_, "controllers", [&](Draft& controller) {
            if (Draft* steps = controller.find("steps")) controller_steps(*steps);
        });
    }

    void controller_steps(Draft& steps) {
        Draft kept = Draft::list();
        std::string held;  // the engine that holds its task here
        bool prepared = false;
        const auto finish = [&] {
            if (prepared) kept.add({{"finish_examine", {{"engine", held}}}});
            prepared = false;
        };
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Draft* call = call_of(steps.at(i));
            if (call == nullptr) continue;
            const std::string& verb = call->key();
            const std::string& about = call->text_at("engine");
            const bool examines = verb == "prepare_examine" || verb == "finish_examine";
            // C-241
            if (verb == "await" || (about == held && !examines)) finish();
            if (about == held && !examines) held.clear();
            // C-237
            if (examines && (held.empty() || about != held)) continue;
            if (examines && prepared == (verb == "prepare_examine")) continue;
            if (examines) prepared = !prepared;
            // C-158
            const bool looks = verb == "set_regs" || verb == "check_regs";
            if (looks && (held.empty() || call->text_at("task") != facts_of(held)->task)) continue;
            if (looks && may_be_killed()) continue;
            if (verb == "spurious_wake" && call->text_at("states") != "INTERRUPTIBLE") continue;
            const bool counts = verb == "put" || verb == "get";
            if (counts && !keeps_reference(kept, *call) && !is_last(steps, i)) continue;
            kept.add(steps.at(i));
            if (holds(steps, i)) held = call_of(steps.at(i - 1))->text_at("engine");
        }
        finish();
        steps.become(std::move(kept));
    }

    /// Whether step `at` drops the reference of the attachment, which nobody needs any more.
    bool is_last(const Draft& steps, std::size_t at) {
        const Draft* put = steps.at(at).find("put");
        if (put == nullptr) return false;
        const std::string& name = put->text_at("engine");
        const EngineFacts* engine = facts_of(name);
        if (engine == nullptr || engine->elsewhere || engine->callers.size() != 1) return false;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Draft* call = call_of(steps.at(i));
            if (i == at || call == nullptr || call->text_at("engine") != name) continue;
            if (i > at || call->key() == "get" || call->key() == "put") return false;
        }
        return true;
    }

    /// Whether anything in the scenario may kill a task that is held.
    bool may_be_killed() const {
        for (const char* word : {"SIGKILL", "THREAD", "exit_group", "exec", "asm", "bytes"}) {
            if (says(scenario_, word)) return true;
        }
        return false;
    }

    /// Step `at` waits until the STOP before it, of an engine that nobody else has to do with and
    /// that answers as it wants, has had its effect.
    bool holds(const Draft& steps, std::size_t at) {
        const Draft* await = steps.at(at).find("await");
        const Draft* control = at != 0 ? steps.at(at - 1).find("control") : nullptr;
        if (await == nullptr || control == nullptr) return false;
        const EngineFacts* engine = facts_of(control->text_at("engine"));
        if (engine == nullptr || engine->elsewhere || engine->callers.size() != 1) return false;
        if (control->text_at("action") != "STOP" || await->text_at("state") != "TRACED" ||
            await->text_at("task") != engine->task) {
            return false;
        }
        for (const Draft& json : scenario_["engines"]) {
            if (json.text_at("name") == engine->name) return answers_as_it_wants(json);
        }
        return false;
    }

    static bool answers_as_it_wants(const Draft& engine) {
        if (engine.has("kind") || engine.has("rules") || engine.has("then")) return false;
        const Draft* answers = engine.find("answers");
        if (answers != nullptr && !answers->empty()) return false;
        const Draft* defaults = engine.find("default");
        const Draft* events = engine.find("events");
        return defaults != nullptr && defaults->text_at("*") == "STICKY" && events != nullptr &&
               says(*events, "QUIESCE");
    }

    Draft& scenario_;
    std::vector<EngineFacts> engines_;
    std::set<std::string> flags_;  ///< that somebody waits for
};

}  // namespace

void make_lawful(Draft& scenario) { Mender(scenario).mend(); }

}  // namespace utsim
