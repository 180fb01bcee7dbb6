// SPDX-License-Identifier: MIT
// A line is held back while the next event may be the end of the same call; that is the whole
// state.
#include "trace/text_writer.hpp"

#include <algorithm>
#include <iterator>

#include "sched/schedule.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim {

namespace {

constexpr std::size_t result_column = 76;  ///< of the whole line
constexpr std::size_t pid_width = 3;
constexpr std::size_t step_column = 5;

std::string_view ink_code(Ink ink) {
    switch (ink) {
        case Ink::faint:
            return "\x1b[2m";
        case Ink::callback:
            return "\x1b[36m";
        case Ink::call:
            return "\x1b[32m";
        case Ink::stop:
            return "\x1b[33m";
        case Ink::alarm:
            return "\x1b[1;31m";
        case Ink::plain:
            break;
    }
    return {};
}

std::string padded(std::string text, std::size_t width, bool right) {
    if (text.size() >= width) return text;
    const std::string space(width - text.size(), ' ');
    return right ? space + text : text + space;
}

std::string prefix(std::uint64_t step, ActorId actor, const TraceNames& names) {
    const int pid = actor.valid() ? names.actor_pid(actor) : 0;
    return "[" + (actor.valid() ? schedule_letter(actor) : std::string("-")) + " " +
           padded(pid > 0 ? std::to_string(pid) : "", pid_width, false) + "] " +
           padded(std::to_string(step), step_column, true) + "  ";
}

}  // namespace

void TextWriter::header(std::string& out, const TraceHeader& header) {
    out += "scenario " + header.scenario + ", semantics " + header.semantics + ", granularity " +
           header.granularity + "\n";
}

void TextWriter::introduce(std::string& out, ActorId actor) {
    if (!actor.valid()) return;
    if (introduced_.size() <= actor.value) introduced_.resize(actor.value + 1);
    if (introduced_[actor.value]) return;
    introduced_[actor.value] = true;
    const int pid = names_.actor_pid(actor);
    out += schedule_letter(actor) + " is " + std::string(names_.actor(actor));
    if (pid > 0) out += " (pid " + std::to_string(pid) + ")";
    out += '\n';
}

void TextWriter::print(std::string& out, std::uint64_t step, ActorId actor, const EventText& text,
                       const std::string& line, const std::string& result) {
    if (step < options_.from || step > options_.until) return;
    introduce(out, actor);
    std::string whole = prefix(step, actor, names_) + line;
    if (!result.empty()) whole = padded(std::move(whole), result_column, false) + " = " + result;
    const std::string_view ink = options_.color ? ink_code(text.ink) : std::string_view();
    out += ink;
    out += whole;
    if (!ink.empty()) out += "\x1b[0m";
    out += '\n';
}

void TextWriter::flush_open(std::string& out) {
    if (!open_.waits) return;
    open_.waits = false;
    print(out, open_.step, open_.actor, open_.text, open_.text.text + " <unfinished ...>", {});
}

bool TextWriter::was_begun(ActorId actor, const std::string& name) {
    const auto latest = std::find_if(begun_.rbegin(), begun_.rend(), [&](const auto& call) {
        return call.first == actor && call.second == name;
    });
    if (latest == begun_.rend()) return false;
    begun_.erase(std::prev(latest.base()));
    return true;
}

void TextWriter::close(std::string& out, const Event& event, const EventText& text) {
    const bool begun = was_begun(event.actor, text.name);
    const bool same = open_.waits && open_.actor == event.actor && open_.text.name == text.name;
    if (same) {
        open_.waits = false;
        print(out, event.step, event.actor, text, open_.text.text + text.rest + ")", text.result);
        return;
    }
    flush_open(out);
    // A look at a task, a wake-up: over in the moment in which it is told.
    print(out, event.step, event.actor, text,
          (begun ? "<... " + text.name + " resumed>" : text.text) + text.rest + ")", text.result);
}

void TextWriter::event(std::string& out, const Event& event) {
    if (is_detail(event) && !options_.full) return;
    EventText text = event_text(event, names_);
    syscalls_.follow(event, text);
    switch (text.edge) {
        case CallEdge::opens:
            flush_open(out);
            begun_.emplace_back(event.actor, text.name);
            open_ = {true, event.step, event.actor, std::move(text)};
            return;
        case CallEdge::closes:
            close(out, event, text);
            return;
        case CallEdge::none:
            flush_open(out);
            print(out, event.step, event.actor, text, text.text, {});
            return;
    }
}

void TextWriter::end(std::string& out, const TraceEnd& end) {
    flush_open(out);
    out += "fingerprint " + end.fingerprint + "  (" + std::to_string(end.steps) +
           (end.steps == 1 ? " step" : " steps");
    if (!end.schedule.empty()) out += ", schedule " + end.schedule;
    out += ")\n";
}

std::string write_text(const TraceHeader& header, const EventLog& log, const TraceNames& names,
                       const TraceEnd& end, const TextOptions& options) {
    TextWriter writer(names, options);
    std::string out;
    writer.header(out, header);
    for (std::uint64_t i = 0; i < log.size(); ++i) writer.event(out, log.at(i));
    writer.end(out, end);
    return out;
}

}  // namespace utsim
