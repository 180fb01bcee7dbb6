// SPDX-License-Identifier: MIT
// The schedule string, both ways, and the chooser that follows one.
#include "sched/schedule.hpp"

#include <algorithm>

namespace utsim {

namespace {

constexpr std::uint32_t letters = 26;

/// Reads a schedule from left to right and stops at the first mistake.
class ScheduleParser {
public:
    explicit ScheduleParser(std::string_view text) : text_(text) {}

    Result<Schedule> parse() {
        if (text_.size() > max_schedule_text) {
            return mistake(1, "E-SCHED-LONG", "the schedule is too long",
                           "at most 4 MiB of text are read");
        }
        skip_space();
        if (at_word("fair") && !fair()) return std::move(error_);
        for (skip_space(); at_ < text_.size() && text_[at_] != ';'; skip_space()) {
            if (!stretch()) return std::move(error_);
        }
        while (at_ < text_.size()) {
            ++at_;  // the semicolon
            skip_space();
            if (!(at_word("fair") ? fair() : other())) return std::move(error_);
        }
        return std::move(schedule_);
    }

private:
    Error mistake(std::size_t length, const char* code, std::string message, std::string hint) {
        Error error;
        error.code = code;
        error.message = std::move(message);
        error.line = 1;
        error.column = at_ + 1;
        error.length = std::max<std::size_t>(length, 1);
        error.source_line = std::string(text_.substr(0, 200));
        error.hint = std::move(hint);
        return error;
    }

    bool fail(std::size_t length, const char* code, std::string message, std::string hint) {
        error_ = mistake(length, code, std::move(message), std::move(hint));
        return false;
    }

    bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }
    bool at_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

    bool at_word(std::string_view word) const { return text_.substr(at_, word.size()) == word; }

    void skip_space() {
        while (at(' ')) ++at_;
    }

    bool number(std::uint64_t limit, const char* what, std::uint64_t& value) {
        if (!at_digit()) {
            return fail(1, "E-SCHED-NUMBER", std::string("expected ") + what,
                        "a decimal number stands here");
        }
        const std::size_t start = at_;
        value = 0;
        for (; at_digit(); ++at_) {
            value = value * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > limit) {
                at_ = start;
                return fail(1, "E-SCHED-RANGE", std::string(what) + " is too large",
                            "the largest is " + std::to_string(limit));
            }
        }
        return true;
    }

    bool actor(ActorId& id) {
        if (text_[at_] >= 'A' && text_[at_] <= 'Z') {
            id = ActorId{static_cast<std::uint32_t>(text_[at_++] - 'A')};
            return true;
        }
        if (!at('[')) {
            return fail(1, "E-SCHED-ACTOR", std::string("'") + text_[at_] + "' names no actor",
                        "actors are A to Z in the order of their making, later ones [26], [27]");
        }
        ++at_;
        std::uint64_t value = 0;
        if (!number(max_actors_of_any_world - 1, "the actor's number", value)) return false;
        if (!at(']')) {
            return fail(1, "E-SCHED-BRACKET", "expected ']'", "an actor by number is [26]");
        }
        ++at_;
        id = ActorId{static_cast<std::uint32_t>(value)};
        return true;
    }

    bool stretch() {
        ActorId id;
        if (!actor(id)) return false;
        std::uint64_t steps = 1;
        if (at_digit()) {
            const std::size_t start = at_;
            if (!number(max_schedule_steps, "the number of steps", steps)) return false;
            if (steps == 0) {
                at_ = start;
                return fail(1, "E-SCHED-ZERO", "a stretch of no steps", "leave the actor out");
            }
        }
        total_ += steps;
        if (total_ > max_schedule_steps) {
            return fail(1, "E-SCHED-RANGE", "the schedule has too many steps",
                        "at most " + std::to_string(max_schedule_steps) + " in all");
        }
        schedule_.append(id, steps);
        return true;
    }

    bool fair() {
        at_ += std::string_view("fair").size();
        schedule_.turn = usual_turn;
        if (at('=')) {
            ++at_;
            const std::size_t start = at_;
            if (!number(max_schedule_steps, "the steps of a turn", schedule_.turn)) return false;
            if (schedule_.turn == 0) {
                at_ = start;
                return fail(1, "E-SCHED-ZERO", "a turn of no steps", "fair=20 is usual");
            }
        }
        return ends();
    }

    bool other() {
        const std::size_t start = at_;
        while (at('-') || (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z')) ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        OtherChoice choice;
        bool known = false;
        for (std::uint32_t k = 0; k < choice_kind_count && !known; ++k) {
            choice.kind = static_cast<ChoiceKind>(k);
            known = word == choice_kind_name(choice.kind);
        }
        if (!known) {
            at_ = start;
            return fail(
                word.size(), "E-SCHED-KIND", "unknown kind of choice",
                "known ones are alloc, spurious-wake, signal, kill, time-passes, waiter and "
                "delivery, as in ;alloc@3=1, and fair");
        }
        std::uint64_t index = 0;
        std::uint64_t value = 0;
        if (!expect('@') || !number(0xffffffffu, "the choice's number", index)) return false;
        if (!expect('=') || !number(0xffffffffu, "the choice's value", value)) return false;
        if (!ends()) return false;
        choice.index = static_cast<std::uint32_t>(index);
        choice.value = static_cast<std::uint32_t>(value);
        if (choice.value != 0) schedule_.others.push_back(choice);
        return true;
    }

    bool ends() {
        skip_space();
        if (at_ == text_.size() || text_[at_] == ';') return true;
        return fail(1, "E-SCHED-END", "unexpected text behind a choice",
                    "choices are separated by ';'");
    }

    bool expect(char c) {
        if (!at(c)) {
            return fail(1, "E-SCHED-CHOICE", std::string("expected '") + c + "'",
                        "a choice is kind@index=value, as in ;alloc@3=1");
        }
        ++at_;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t total_ = 0;
    Schedule schedule_;
    Error error_;
};

}  // namespace

std::uint64_t Schedule::steps() const {
    std::uint64_t total = 0;
    for (const Stretch& stretch : stretches) total += stretch.steps;
    return total;
}

void Schedule::append(ActorId actor, std::uint64_t steps) {
    if (steps == 0) return;
    if (!stretches.empty() && stretches.back().actor == actor) {
        stretches.back().steps += steps;
    } else {
        stretches.push_back({actor, steps});
    }
}

std::string schedule_letter(ActorId actor) {
    if (actor.value < letters) return std::string(1, static_cast<char>('A' + actor.value));
    return "[" + std::to_string(actor.value) + "]";
}

std::string format_schedule(const Schedule& schedule) {
    std::string text;
    for (const Schedule::Stretch& stretch : schedule.stretches) {
        text += schedule_letter(stretch.actor) + std::to_string(stretch.steps);
    }
    for (const OtherChoice& other : schedule.others) {
        text += std::string(";") + choice_kind_name(other.kind) + "@" +
                std::to_string(other.index) + "=" + std::to_string(other.value);
    }
    if (schedule.turn != 0) {
        if (!text.empty()) text += ";";
        text += "fair=" + std::to_string(schedule.turn);
    }
    return text;
}

Result<Schedule> parse_schedule(std::string_view text) { return ScheduleParser(text).parse(); }

Schedule schedule_so_far(const World& world) {
    Schedule schedule;
    const std::uint64_t end = world.step() + (world.on_fiber() ? 1 : 0);
    world.schedule_log().each(
        end, [&](ActorId actor, std::uint64_t steps) { schedule.append(actor, steps); });
    schedule.others.assign(world.other_choices().begin(), world.other_choices().end());
    return schedule;
}

FaultPlan faults_in(const Schedule& schedule) {
    FaultPlan plan;
    plan.at_most = 0;
    for (const OtherChoice& other : schedule.others) {
        plan.allocations = plan.allocations || other.kind == ChoiceKind::allocation_fails;
        plan.spurious_wakes = plan.spurious_wakes || other.kind == ChoiceKind::spurious_wake;
        plan.kills = plan.kills || other.kind == ChoiceKind::kill;
        plan.time_passes = plan.time_passes || other.kind == ChoiceKind::time_passes;
        if (other.kind == ChoiceKind::signal) {
            plan.signal = static_cast<int>((other.value - 1) % signal_numbers) + 1;
        }
        if (plan.has(other.kind)) ++plan.at_most;
    }
    return plan;
}

// --- following one ---------------------------------------------------------------------------

ScheduleChooser::ScheduleChooser(Schedule schedule, Chooser* fallback)
    : schedule_(std::move(schedule)),
      turns_(schedule_.turn),
      fallback_(fallback != nullptr   ? fallback
                : schedule_.turn != 0 ? static_cast<Chooser*>(&turns_)
                                      : &serial_) {}

ActorId ScheduleChooser::next(const World& world, std::span<const ActorId> ready, ActorId current) {
    const std::uint64_t step = world.step();
    if (step < stretch_at_) {  // time has jumped back
        stretch_ = 0;
        stretch_at_ = 0;
    }
    const auto& stretches = schedule_.stretches;
    while (stretch_ < stretches.size() && step >= stretch_at_ + stretches[stretch_].steps) {
        stretch_at_ += stretches[stretch_].steps;
        ++stretch_;
    }
    if (stretch_ == stretches.size()) {
        if (ready.size() == 1 && !fallback_->wants_every_step()) return ready.front();
        return fallback_->next(world, ready, current);
    }
    const ActorId wanted = stretches[stretch_].actor;
    if (std::binary_search(ready.begin(), ready.end(), wanted)) return wanted;
    divergence_ = ScheduleDivergence{step, wanted, {ready.begin(), ready.end()}};
    return ActorId{};
}

std::uint64_t ScheduleChooser::sure_until(const World& world, ActorId chosen) const {
    if (stretch_ != schedule_.stretches.size())
        return stretch_at_ + schedule_.stretches[stretch_].steps;
    return fallback_->sure_until(world, chosen);
}

std::uint32_t ScheduleChooser::choose(const World& world, ChoiceKind kind, std::uint32_t count) {
    const std::uint32_t index = world.choices_made(kind);
    for (const OtherChoice& other : schedule_.others) {
        if (other.kind != kind || other.index != index) continue;
        const std::uint32_t answer = read_answer(kind, other.value);
        if (answer < count) return answer;
    }
    if (world.step() < schedule_.steps()) return 0;
    return fallback_->choose(world, kind, count);
}

}  // namespace utsim
