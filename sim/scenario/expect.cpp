// SPDX-License-Identifier: MIT
// The monitor keeps counters and a list of how to undo each change, so that a search can jump back
// for a few additions. Judging itself happens once, at the end.
#include "scenario/expect.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "vocabulary/value.hpp"
#include <utsim/sink_memory.hpp>

namespace utsim {

namespace {

/// Names as JSON Lines have them: of two with the same name the later one is `child~2`.
class NumberedNames final : public NameTable {
public:
    explicit NumberedNames(const NameTable& names) : names_(names) {}
    std::string_view actor(ActorId id) const override { return numbered(id, &NameTable::actor); }
    std::string_view task(TaskId id) const override { return numbered(id, &NameTable::task); }
    std::string_view engine(EngineId id) const override { return numbered(id, &NameTable::engine); }
    std::string_view static_text(std::uint32_t index) const override {
        return names_.static_text(index);
    }

private:
    template <typename Id>
    std::string_view numbered(Id id, std::string_view (NameTable::*name_of)(Id) const) const {
        const std::string_view name = (names_.*name_of)(id);
        std::size_t number = 1;
        for (std::uint32_t before = 0; before < id.value; ++before) {
            if ((names_.*name_of)(Id{before}) == name) ++number;
        }
        if (number == 1) return name;
        buffer_ = std::string(name) + "~" + std::to_string(number);
        return buffer_;
    }

    const NameTable& names_;
    mutable std::string buffer_;  ///< until the next question
};

constexpr std::uint64_t unlimited = ~std::uint64_t{0};

bool is_numbered(std::string_view name) { return name.find('~') != std::string_view::npos; }

bool name_fits(const std::string& wanted, const FieldContext& context, const NameTable& names) {
    std::string seen;
    return append_symbol(seen, context, context.values[context.field], names) && seen == wanted;
}

}  // namespace

bool applies_under(const ScenarioData& scenario, const Expectation& expectation,
                   const Semantics& semantics) {
    if (expectation.of_case < 0) return true;
    for (const CaseData& one : scenario.cases) {
        if (one.entry == expectation.of_case && one.semantics == semantics) return true;
    }
    return false;
}

ExpectMonitor::ExpectMonitor(const Scenario& scenario, const Semantics& semantics,
                             const NameTable& names, bool any_order)
    : scenario_(scenario),
      names_(names),
      progress_(scenario.data().expect.size()),
      kept_at_(progress_.size()) {
    for (const Expectation& e : scenario.data().expect) {
        const bool counts = !any_order || !e.own_order;
        applies_.push_back(counts && applies_under(scenario.data(), e, semantics));
    }
    for (const TaskData& task : scenario.data().tasks) outputs_.push_back({task.name, {}, 0});
}

ExpectMonitor::~ExpectMonitor() = default;

void ExpectMonitor::restart() {
    progress_.assign(progress_.size(), {});
    kept_at_.assign(kept_at_.size(), 0);
    for (Output& output : outputs_) output = {output.task, {}, 0};
    changes_.clear();
    marks_.clear();
    violations_ = 0;
}

/// Without expectations nothing of an instruction is looked at, and there are many of them.
EventSink* ExpectMonitor::hears_instructions() {
    if (!progress_.empty()) return this;
    return next_ != nullptr ? next_->hears_instructions() : nullptr;
}

void ExpectMonitor::emit(const Event& event) {
    if (event.kind == EventKind::output) note_output(event);
    if (event.kind == EventKind::expect_failed) ++violations_;
    for (std::size_t i = 0; i < progress_.size(); ++i) {
        const EventPattern* pattern = wanted(i);
        if (pattern != nullptr && pattern->kind == event.kind && fits(*pattern, event)) {
            advance(i, event);
        }
    }
    if (next_ != nullptr) next_->emit(event);
}

/// What the expectation looks out for, or null.
const EventPattern* ExpectMonitor::wanted(std::size_t index) const {
    const Expectation& e = scenario_.data().expect[index];
    if (e.patterns.empty() || !applies_[index]) return nullptr;
    if (e.kind != Expectation::Kind::order) return &e.patterns.front();
    const std::size_t next = progress_[index].count;
    return next < e.patterns.size() ? &e.patterns[next] : nullptr;
}

bool ExpectMonitor::wants_each_instruction() const {
    for (std::size_t i = 0; i < progress_.size(); ++i) {
        const EventPattern* pattern = wanted(i);
        if (pattern != nullptr && pattern->kind == EventKind::instruction) return true;
    }
    return next_ != nullptr && next_->wants_each_instruction();
}

void ExpectMonitor::advance(std::size_t index, const Event& event) {
    keep_progress(index);
    ++progress_[index].count;
    progress_[index].step = event.step;
    if (scenario_.data().expect[index].kind == Expectation::Kind::never) ++violations_;
}

void ExpectMonitor::keep_progress(std::size_t index) {
    if (kept_at_[index] == marks_.size()) return;
    changes_.push_back({Change::Kind::progress, index, progress_[index], 0, kept_at_[index]});
    kept_at_[index] = marks_.size();
}

void ExpectMonitor::keep_output(std::size_t index) {
    Output& output = outputs_[index];
    if (output.kept_at == marks_.size()) return;
    changes_.push_back({Change::Kind::output, index, {}, output.text.size(), output.kept_at});
    output.kept_at = marks_.size();
}

void ExpectMonitor::note_output(const Event& event) {
    constexpr std::int64_t last_descriptor = 2;
    if (event.value[1] < 1 || event.value[1] > last_descriptor) return;
    const std::string_view task = names_.task(TaskId{static_cast<std::uint32_t>(event.value[0])});
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        if (outputs_[i].task != task) continue;
        keep_output(i);
        outputs_[i].text += event.text;
        return;
    }
}

void ExpectMonitor::remembers(SinkMemory& memory) const {
    const std::vector<Expectation>& all = scenario_.data().expect;
    // What is expected is no business of the contract, nor the contract of it.
    if (!all.empty()) memory.into(memory.add_piece(memory.add_asker()));
    bool wants_output = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Expectation& e = all[i];
        const std::uint64_t count = progress_[i].count;
        if (!applies_[i]) continue;
        switch (e.kind) {
            case Expectation::Kind::count: {
                // Beyond both bounds nothing changes any more.
                const std::uint64_t most =
                    std::max(e.at_least, e.at_most == unlimited ? 0 : e.at_most + 1);
                memory.number(std::min(count, most));
                break;
            }
            case Expectation::Kind::order:
                memory.number(count);
                break;
            case Expectation::Kind::sometimes:
            case Expectation::Kind::never:
                memory.number(count != 0 ? 1 : 0);
                break;
            case Expectation::Kind::output:
                wants_output = true;
                break;
            case Expectation::Kind::final:
                for (const FinalState& state : e.finals) wants_output |= state.has_output;
                break;
            case Expectation::Kind::end:
            case Expectation::Kind::contract:
                break;
        }
    }
    if (wants_output) {
        for (const Output& output : outputs_) {
            memory.number(output.text.size());
            Digest digest;
            digest.add(output.text);
            memory.number(digest.value());
        }
    }
    memory.into(SinkMemory::common);
    if (next_ != nullptr) next_->remembers(memory);
}

std::uint64_t ExpectMonitor::mark() const {
    marks_.push_back({changes_.size(), violations_, next_ != nullptr ? next_->mark() : 0});
    return marks_.size() - 1;
}

void ExpectMonitor::rewind(std::uint64_t mark) {
    UTSIM_CHECK(mark < marks_.size(), "a mark of a future that never came");
    const Mark kept = marks_[mark];
    marks_.resize(mark + 1);
    while (changes_.size() > kept.changes) {
        const Change& change = changes_.back();
        switch (change.kind) {
            case Change::Kind::progress:
                progress_[change.index] = change.before;
                kept_at_[change.index] = change.kept_at;
                break;
            case Change::Kind::output:
                outputs_[change.index].text.resize(change.length);
                outputs_[change.index].kept_at = change.kept_at;
                break;
        }
        changes_.pop_back();
    }
    violations_ = kept.violations;
    if (next_ != nullptr) next_->rewind(kept.next);
}

const std::string& ExpectMonitor::output(std::string_view task) const {
    static const std::string nothing;
    for (const Output& output : outputs_) {
        if (output.task == task) return output.text;
    }
    return nothing;
}

bool ExpectMonitor::fits(const EventPattern& pattern, const Event& event) const {
    if (pattern.has_text && pattern.text != event.text) return false;
    if (pattern.step && *pattern.step != event.step) return false;
    if (!pattern.actor.empty()) {
        const bool fits = is_numbered(pattern.actor)
                              ? NumberedNames(names_).actor(event.actor) == pattern.actor
                              : names_.actor(event.actor) == pattern.actor;
        if (!fits) return false;
    }
    for (const FieldMatch& match : pattern.fields) {
        if (!field_fits(match, event)) return false;
    }
    return true;
}

bool ExpectMonitor::field_fits(const FieldMatch& match, const Event& event) const {
    const FieldContext context{event.kind, match.field, event.value.data()};
    const Format format = format_of(context);
    for (const FieldMatch::Reading& reading : match.readings) {
        if (!reading.however && reading.format != format) continue;
        if (reading.name.empty()) {
            return (static_cast<std::uint64_t>(event.value[match.field]) & reading.mask) ==
                   (static_cast<std::uint64_t>(reading.value) & reading.mask);
        }
        return is_numbered(reading.name) ? name_fits(reading.name, context, NumberedNames(names_))
                                         : name_fits(reading.name, context, names_);
    }
    return false;
}

}  // namespace utsim
