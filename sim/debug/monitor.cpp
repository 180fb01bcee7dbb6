// SPDX-License-Identifier: MIT
// Commands are words; each is a row of one table, from which `monitor help` is made.
#include "debug/monitor.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include <utsim/explain.hpp>

#include "base/suggest.hpp"
#include "debug/tasks.hpp"
#include "sched/schedule.hpp"

namespace utsim::debug {

namespace {

std::optional<std::uint64_t> number_in(const std::string& word) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || stop != word.data() + word.size()) return std::nullopt;
    return value;
}

}  // namespace

const Monitor::Command Monitor::commands[] = {
    {"when", "", "the step, what is known of the run, what was changed by hand", &Monitor::when},
    {"goto", "STEP", "go to a step, `begin` or `end`", &Monitor::go_to},
    {"state", "[PATH]", "tasks and what they do; of PATH (tasks.*.utrace) all that there is",
     &Monitor::state},
    {"why", "[N]", "the last N sentences of the story up to here (8), with the rules behind them",
     &Monitor::why},
    {"engines", "", "the engines of each task, in the order of its lists", &Monitor::engines},
    {"points", "", "what each actor is about to do, and which locks it holds", &Monitor::points},
    {"run-only", "ACTOR N", "take another order from here: N steps of this actor",
     &Monitor::run_only},
    {"break", "point LABEL | clause ID", "stop there, too; alone: list these", &Monitor::break_at},
    {"delete", "point LABEL | clause ID | all", "do not stop there any more", &Monitor::remove},
    {"schedule", "", "the order so far, and the command that runs it again", &Monitor::schedule},
    {"help", "", "this list", &Monitor::helped},
};

std::string Monitor::help() {
    std::string text;
    for (const Command& command : commands) {
        std::string left = std::string(command.name) + " " + command.arguments;
        left.resize(std::max<std::size_t>(left.size() + 1, 38), ' ');
        text += "monitor " + left + command.meaning + "\n";
    }
    return text;
}

std::string Monitor::answer(std::string_view text) {
    Words words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = text.find_first_not_of(" \t", at);
        if (begin == std::string_view::npos) break;
        const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
        at = end;
    }
    if (words.empty()) return help();
    std::vector<std::string_view> known;
    for (const Command& command : commands) {
        if (words[0] == command.name) return (this->*command.run)(words);
        known.push_back(command.name);
    }
    const std::string hint = did_you_mean(words[0], known);
    return "there is no monitor command \"" + words[0] + "\"" +
           (hint.empty() ? "; see monitor help" : ": " + hint) + "\n";
}

// --- where it is --------------------------------------------------------------------------------

std::string Monitor::place() {
    const Travel& travel = session_.travel();
    std::string text = "step " + std::to_string(session_.step());
    if (travel.end()) {
        text += " of " + std::to_string(travel.end_step());
    } else {
        text += "; the run was followed to step " + std::to_string(travel.known());
    }
    return text + "\n";
}

std::string Monitor::changed_by_hand() {
    std::string text;
    for (const std::uint64_t step : session_.travel().changes()) {
        text += (text.empty() ? "registers or memory were written at step " : ", ") +
                std::to_string(step);
    }
    if (!text.empty()) text += ": the run is another one from there on\n";
    if (session_.travel().reordered()) text += "another order was chosen by hand\n";
    return text;
}

std::string Monitor::when(const Words&) {
    const World& world = session_.world();
    std::string text = place();
    text += std::to_string(world.instructions()) + " instructions, " +
            std::to_string(world.nanoseconds() / 1000) + " microseconds\n";
    const Travel& travel = session_.travel();
    if (travel.end()) {
        text += std::string("the run ends: ") + run_end_name(*travel.end());
        if (!travel.end_detail().empty()) text += ", " + travel.end_detail();
        text += "\n";
    }
    return text + changed_by_hand();
}

/// gdb keeps registers until something runs.
std::string Monitor::moved() {
    return place() +
           "gdb shows the old place until it has asked again: "
           "maintenance flush register-cache\n";
}

std::string Monitor::go_to(const Words& words) {
    if (words.size() != 2) return "monitor goto STEP, monitor goto begin, monitor goto end\n";
    if (words[1] == "begin") {
        session_.go_to(0);
    } else if (words[1] == "end") {
        session_.go_to(~std::uint64_t{0});
    } else if (const auto step = number_in(words[1])) {
        session_.go_to(*step);
    } else {
        return "\"" + words[1] + "\" is no step\n";
    }
    return moved();
}

std::string Monitor::why(const Words& words) {
    constexpr std::uint64_t most_steps = 200'000;
    std::uint64_t lines = 8;
    if (words.size() > 1) lines = number_in(words[1]).value_or(lines);
    Travel& travel = session_.travel();
    if (!travel.changes().empty()) return "this cannot be told of a run that was changed by hand\n";
    if (session_.step() == 0) return "nothing has happened yet\n";
    if (session_.step() > most_steps) {
        return "only the first " + std::to_string(most_steps) + " steps can be told\n";
    }
    RunOptions options = travel.options();
    if (travel.reordered()) {
        options.schedule = travel.schedule();
        options.seed.reset();
    }
    options.max_steps = session_.step();
    const Result<RecordedRun> run = record_run(travel.scenario(), options);
    if (!run.ok()) return run.errors()[0].message + "\n";
    std::vector<ExplainedLine> story = explain(run->trace);
    while (!story.empty() && story.back().step >= session_.step()) story.pop_back();
    const std::size_t from = story.size() - std::min<std::size_t>(story.size(), lines);
    std::string text;
    for (std::size_t i = from; i < story.size(); ++i) {
        const ExplainedLine& line = story[i];
        text += std::to_string(line.step) + "  ";
        if (!line.actor.empty()) text += line.actor + ": ";
        text += line.text + "\n";
        for (const ExplainedReason& reason : line.reasons) {
            text += "      " + reason.text;
            std::string rules;
            for (const auto* list : {&reason.clauses, &reason.decisions}) {
                for (const std::string& rule : *list) rules += (rules.empty() ? "" : ", ") + rule;
            }
            text += (rules.empty() ? "" : " (" + rules + ")") + "\n";
        }
    }
    return text.empty() ? "there is nothing to tell up to here\n" : text;
}

// --- another order ------------------------------------------------------------------------------

std::string Monitor::run_only(const Words& words) {
    if (words.size() != 3)
        return "monitor run-only ACTOR N: an actor's letter or name, and steps\n";
    const auto steps = number_in(words[2]);
    if (!steps || *steps == 0 || *steps > 1'000'000'000) {
        return "\"" + words[2] + "\" is no number of steps\n";
    }
    World& world = session_.world();
    ActorId who;
    std::string all;
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        const ActorId id{i};
        const std::string letter = schedule_letter(id);
        const std::string name(world.names().actor(id));
        if (words[1] == letter || (!who.valid() && words[1] == name)) who = id;
        all += (all.empty() ? "" : ", ") + letter + " " + name;
    }
    if (!who.valid()) return "\"" + words[1] + "\" is no actor; there are " + all + "\n";
    const std::uint64_t done = session_.run_only(who, *steps);
    std::string text;
    if (done < *steps) {
        text = std::string(world.names().actor(who)) + " could go " + std::to_string(done) +
               " of these steps\n";
    }
    if (done != 0) text += "the run is another one now: " + session_.travel().schedule() + "\n";
    return text + moved();
}

std::string Monitor::schedule(const Words&) {
    const Travel& travel = session_.travel();
    std::string text = travel.schedule() + "\n";
    if (!travel.changes().empty()) return text + changed_by_hand();
    return again_ == nullptr ? text : text + again_(travel.schedule()) + "\n";
}

// --- where to stop ------------------------------------------------------------------------------

std::string Monitor::break_at(const Words& words) {
    if (words.size() == 1) {
        std::string text;
        for (const std::string& point : session_.interest().points) text += "point " + point + "\n";
        for (const auto& [step, clauses] : session_.interest().clauses) {
            for (const auto& [clause, messages] : clauses) {
                for (const std::string& message : messages) {
                    text += "clause " + clause + ": " + message + ", in step " +
                            std::to_string(step) + "\n";
                }
            }
        }
        return text.empty() ? "nothing is marked; gdb's own are under info breakpoints\n" : text;
    }
    if (words.size() == 3 && words[1] == "point") return break_point(words[2]);
    if (words.size() == 3 && words[1] == "clause") return break_clause(words[2]);
    return "monitor break point lock:utrace_stop:T, or monitor break clause C-257\n";
}

std::string Monitor::break_point(const std::string& pattern) {
    std::vector<std::string>& points = session_.interest().points;
    if (std::find(points.begin(), points.end(), pattern) == points.end()) {
        if (points.size() >= SessionLimits::points) {
            return "there are " + std::to_string(points.size()) + " already; monitor delete all\n";
        }
        points.push_back(pattern);
    }
    return "stops where somebody comes to " + pattern + "\n";
}

std::string Monitor::break_clause(const std::string& clause) {
    if (!session_.travel().changes().empty()) {
        return "a run that was changed by hand is not judged\n";
    }
    const Result<std::vector<Session::Breach>> breaches = session_.breaches();
    if (!breaches.ok()) return breaches.errors()[0].message + "\n";
    std::map<std::uint64_t, BrokenClauses>& steps = session_.interest().clauses;
    std::string text;
    std::set<std::string> others;
    for (const Session::Breach& breach : *breaches) {
        if (breach.clause != clause) {
            others.insert(breach.clause);
            continue;
        }
        if (steps.size() >= SessionLimits::clauses && steps.count(breach.step) == 0) {
            return text + "there are " + std::to_string(steps.size()) +
                   " steps already; monitor delete all\n";
        }
        std::vector<std::string>& messages = steps[breach.step][clause];
        if (std::find(messages.begin(), messages.end(), breach.message) == messages.end()) {
            messages.push_back(breach.message);
        }
        text += "stops before step " + std::to_string(breach.step) + ": " + breach.message + "\n";
    }
    if (!text.empty()) return text;
    text = clause + " is not broken in this run";
    for (const std::string& other : others) {
        text += (&other == &*others.begin() ? "; broken are " : " ") + other;
    }
    return text + "\n";
}

std::size_t Monitor::marks() const {
    const Interest& interest = session_.interest();
    std::size_t count = interest.points.size();
    for (const auto& [step, clauses] : interest.clauses) count += clauses.size();
    return count;
}

std::string Monitor::remove(const Words& words) {
    Interest& interest = session_.interest();
    const std::size_t before = marks();
    const bool all = words.size() == 2 && words[1] == "all";
    if (!all && words.size() != 3) return "monitor delete point LABEL, clause ID, or all\n";
    if (all || words[1] == "point") {
        std::vector<std::string>& points = interest.points;
        points.erase(std::remove_if(points.begin(), points.end(),
                                    [&](const std::string& p) { return all || p == words[2]; }),
                     points.end());
    }
    if (all || words[1] == "clause") {
        for (auto it = interest.clauses.begin(); it != interest.clauses.end();) {
            if (all) {
                it->second.clear();
            } else {
                it->second.erase(words[2]);
            }
            it = it->second.empty() ? interest.clauses.erase(it) : std::next(it);
        }
    }
    return std::to_string(before - marks()) + " deleted\n";
}

}  // namespace utsim::debug
