// SPDX-License-Identifier: MIT
// The narrator. It goes through the events once: each becomes a sentence, a call and its end become
// one when nothing comes in between, instructions are counted, and a pass over the engines is told
// when it is over.
#include <utsim/explain.hpp>

#include <map>

#include "contract/clause.hpp"
#include "contract/contract.hpp"
#include "event/names.hpp"
#include "explore/contract_run.hpp"
#include "report/pass.hpp"
#include "report/ptrace_stop.hpp"
#include "report/reasons.hpp"
#include "report/sentence.hpp"
#include "semantics/parse.hpp"
#include "trace/recorded_trace.hpp"

namespace utsim {

namespace {

constexpr std::int64_t sigtrap = 5;

Semantics semantics_of(const Trace& trace) {
    const auto named = parse_semantics(trace.header.semantics);
    return named.ok() ? named->semantics : final_semantics();
}

class Narrator {
public:
    explicit Narrator(const Trace& trace)
        : names_(trace.names),
          semantics_(semantics_of(trace)),
          passes_(names_, semantics_),
          contract_(names_) {
        for (std::uint64_t i = 0; i < trace.log.size(); ++i) {
            const Event event = trace.log.at(i);
            tell(event);
            contract_.emit(event);
            tell_violations();
        }
        flush();
        if (!trace.end) return;  // cut off: nothing is known about the end
        contract_.finish(run_end_named(trace.end->end), trace.end->steps);
        tell_violations();
    }

    std::vector<ExplainedLine> take() { return std::move(lines_); }

private:
    /// What is remembered of a task for the reasons of later events.
    struct TaskMemory {
        std::string armed;  ///< by whom the step was armed, and when
        bool in_call = false;
        bool trapped = false;  ///< a debug trap came, and its signal has not been seen
    };
    /// A call whose end may be the next thing.
    struct Open {
        bool there = false;
        std::uint32_t actor = 0;
        ExplainedLine line;
    };
    struct Run {
        std::uint64_t count = 0;
        std::uint64_t step = 0;
        std::uint32_t task = 0;
        std::uint32_t actor = 0;
        std::string first;
    };

    void tell(const Event& event) {
        const SentenceTemplate& form = template_of(event);
        if (form.telling == Telling::counted) return count(event);
        if (std::optional<ExplainedLine> pass = passes_.follow(event)) {
            flush();
            lines_.push_back(std::move(*pass));
        }
        if (form.telling != Telling::silent) {
            flush_instructions();
            tell_line(event, form.telling);
        }
        remember(event);
    }

    /// What the contract says about the event that has just been told.
    void tell_violations() {
        for (; told_violations_ < contract_.violations().size(); ++told_violations_) {
            const Violation& violation = contract_.violations()[told_violations_];
            flush();
            ExplainedLine line;
            line.step = violation.step;
            line.text = "Here " + violation.rule + " is broken by " + violation.by;
            ExplainedReason reason{violation.message, {violation.rule}, {}};
            if (violation.since != violation.step) {
                reason.text += ", after step " + std::to_string(violation.since);
            }
            reason.text += ".";
            line.reasons.push_back(std::move(reason));
            lines_.push_back(std::move(line));
        }
    }

    void tell_line(const Event& event, Telling telling) {
        ExplainedLine line;
        line.step = event.step;
        if (event.actor.valid()) line.actor = names_.actor(event.actor);
        line.text = sentence(event, names_);
        // What the arguments of a call mean, where somebody has looked.
        const bool call =
            event.kind == EventKind::syscall_enter || event.kind == EventKind::syscall_ran;
        if (call && !event.text.empty()) line.text += ": " + std::string(event.text);
        if (telling == Telling::opens) {
            flush_open();
            open_ = {true, event.actor.value, std::move(line)};
            return;
        }
        add_reasons(event, line);
        if (telling == Telling::closes && open_.there && open_.actor == event.actor.value) {
            open_.line.text += result_text(event);
            open_.line.reasons = std::move(line.reasons);
            return flush_open();
        }
        flush_open();
        lines_.push_back(std::move(line));
    }

    std::string result_text(const Event& event) const {
        if (event.kind == EventKind::callback_end) {
            return "; it answers " + named_word(event, "ret", names_);
        }
        const auto call = static_cast<ApiCall>(event.value[0]);
        const bool finds = call == ApiCall::attach || call == ApiCall::lookup;
        if (finds && event.value[5] == 0) return ": " + named_word(event, "engine", names_);
        return ": " + named_word(event, "ret", names_);
    }

    void flush_open() {
        if (open_.there) lines_.push_back(std::move(open_.line));
        open_ = {};
    }

    void flush_instructions() {
        if (run_.count == 0) return;
        flush_open();
        ExplainedLine line;
        line.step = run_.step;
        line.actor = names_.actor(ActorId{run_.actor});
        const std::string task(names_.task(TaskId{run_.task}));
        line.text = run_.count == 1 ? task + " executes one instruction, at " + run_.first
                                    : task + " executes " + std::to_string(run_.count) +
                                          " instructions from " + run_.first;
        run_ = {};
        lines_.push_back(std::move(line));
    }

    void flush() {
        flush_instructions();
        flush_open();
    }

    void count(const Event& event) {
        const auto task = static_cast<std::uint32_t>(event.value[0]);
        if (std::optional<ExplainedLine> pass = passes_.follow(event)) {
            flush();
            lines_.push_back(std::move(*pass));
        }
        if (run_.count != 0 && run_.task != task) flush_instructions();
        if (run_.count == 0) {
            run_.step = event.step;
            run_.task = task;
            run_.actor = event.actor.value;
            run_.first = named_word(event, "ip", names_);
        }
        run_.count += static_cast<std::uint64_t>(event.value[2] > 0 ? event.value[2] : 1);
    }

    void remember(const Event& event) {
        TaskMemory& task = tasks_[static_cast<std::uint32_t>(event.value[0])];
        switch (event.kind) {
            case EventKind::step_switch:
                task.armed = event.value[1] == static_cast<std::int64_t>(StepSwitch::disable)
                                 ? std::string()
                                 : (event.value[2] != 0 ? "by itself" : "from outside") +
                                       std::string(" at step ") + std::to_string(event.step);
                break;
            case EventKind::syscall_ran:
            case EventKind::syscall_skipped:
                task.in_call = true;
                break;
            case EventKind::user:
                task.in_call = false;
                task.trapped = false;
                break;
            case EventKind::debug_trap:
            case EventKind::fault:
                task.trapped = true;
                break;
            case EventKind::signal_generated:
                task.trapped = false;
                break;
            default:
                break;
        }
    }

    void add_reasons(const Event& event, ExplainedLine& line) {
        const TaskMemory& task = tasks_[static_cast<std::uint32_t>(event.value[0])];
        switch (event.kind) {
            case EventKind::api:
                line.reasons = reasons_of_call(event, names_, semantics_);
                break;
            case EventKind::step_switch:
                explain_switch(event, line);
                break;
            case EventKind::sleep_in_atomic:
                line.reasons.push_back(
                    {"A spinlock keeps its CPU busy: who waits for it cannot let go, and who holds "
                     "it must not sleep.",
                     {"C-038"},
                     {decision_text(semantics_, "step.arm")}});
                break;
            case EventKind::debug_trap:
                if (!task.armed.empty()) {
                    line.reasons.push_back(
                        {"The step was armed " + task.armed + ".", {"C-217"}, {}});
                }
                break;
            case EventKind::signal_generated:
                explain_signal(event, task, line);
                break;
            case EventKind::ptrace_stop:
                line.reasons.push_back(reason_of_stop(event, names_));
                break;
            case EventKind::syscall_skipped:
                line.reasons.push_back(
                    {"The engine that was asked last has the last word about "
                     "running the call.",
                     {"C-122", "C-123"},
                     {decision_text(semantics_, "entry.order")}});
                break;
            default:
                break;
        }
    }

    void explain_switch(const Event& event, ExplainedLine& line) {
        const bool self = event.value[2] != 0;
        if (event.value[1] != static_cast<std::int64_t>(StepSwitch::disable)) {
            if (self) {
                line.reasons.push_back({"The task does it itself, where it may sleep.", {}, {}});
            } else {
                line.reasons.push_back(decision_reason(semantics_, "step.arm"));
            }
        } else if (!self) {
            line.reasons.push_back(decision_reason(semantics_, "step.disable"));
            line.reasons.back().clauses.emplace_back("C-225");
        }
    }

    /// A SIGTRAP that no trap caused, behind a system call.
    void explain_signal(const Event& event, const TaskMemory& task, ExplainedLine& line) {
        if (event.value[1] != sigtrap || !task.in_call || task.trapped) return;
        ExplainedReason reason = decision_reason(semantics_, "exit.step-trap");
        reason.text =
            "No instruction has trapped: this stands for the step over the call. " + reason.text;
        reason.decisions.push_back(decision_text(semantics_, "arch"));
        reason.clauses.emplace_back("C-259");
        line.reasons.push_back(std::move(reason));
    }

    const NameTable& names_;
    Semantics semantics_;
    Passes passes_;
    Contract contract_;
    std::size_t told_violations_ = 0;
    Open open_;
    Run run_;
    std::map<std::uint32_t, TaskMemory> tasks_;
    std::vector<ExplainedLine> lines_;
};

/// Words of `text` in lines of `width` columns, each but the first indented.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string out;
    std::size_t column = indent;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        const std::string_view word = text.substr(0, space);
        if (column > indent && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        }
        if (column > indent) out += ' ';
        column += word.size() + (column > indent ? 1 : 0);
        out += word;
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    }
    return out;
}

std::string references(const ExplainedReason& reason) {
    std::string out;
    for (const auto* list : {&reason.clauses, &reason.decisions}) {
        for (const std::string& one : *list) out += (out.empty() ? "" : ", ") + one;
    }
    return out.empty() ? out : " (" + out + ")";
}

/// The clauses that were referred to, in the words of the contract.
std::string glossary(const std::vector<ExplainedLine>& lines, std::size_t width) {
    std::map<std::string, std::string_view> used;
    for (const ExplainedLine& line : lines) {
        for (const ExplainedReason& reason : line.reasons) {
            for (const std::string& id : reason.clauses) {
                const std::size_t index = find_clause(id);
                if (index < all_clauses().size()) used[id] = all_clauses()[index]->text;
            }
        }
    }
    if (used.empty()) return {};
    constexpr std::size_t indent = 7;
    std::string out = "\nClauses\n";
    for (const auto& [id, text] : used) out += id + "  " + wrapped(text, indent, width) + "\n";
    return out;
}

}  // namespace

std::vector<ExplainedLine> explain(const RecordedTrace& trace) {
    return Narrator(trace.data().trace).take();
}

std::string explain_text(const RecordedTrace& trace, std::size_t width) {
    constexpr std::size_t indent = 7;
    const std::vector<ExplainedLine> lines = explain(trace);
    std::string out = trace.scenario() + " under " + trace.semantics() + "\n\n";
    std::uint64_t step = ~std::uint64_t{0};
    for (const ExplainedLine& line : lines) {
        std::string left = line.step == step ? "" : std::to_string(line.step);
        step = line.step;
        out += std::string(5 - std::min<std::size_t>(5, left.size()), ' ') + left + "  " +
               wrapped(line.text + ".", indent, width) + "\n";
        for (const ExplainedReason& reason : line.reasons) {
            out += std::string(indent + 2, ' ') +
                   wrapped("- " + reason.text + references(reason), indent + 4, width) + "\n";
        }
    }
    return out + glossary(lines, width);
}

}  // namespace utsim
