// SPDX-License-Identifier: MIT
// Each event goes to the monitors that asked for its kind, then into the history. The numbers that
// monitors keep lie side by side, so that a mark is a handful of block copies.
#include "contract/contract.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/suggest.hpp"

namespace utsim {

// --- Judge -----------------------------------------------------------------------------------

const CallView& Judge::call() const {
    static const CallView nothing;
    const CallView* call = past().call(event_.actor);
    return call != nullptr ? *call : nothing;
}

std::uint64_t& Judge::cell(ContractState::Numbers& cells, std::uint32_t index) {
    // A trace that somebody has edited may tell of something that nobody did. Nothing is kept of
    // it.
    if (index == TaskId::none_value) return nobody_ = 0;
    return cells.edit(static_cast<std::uint32_t>(index * slots_ + slot_));
}

void Judge::broken(std::uint64_t since, std::string message, EngineId by) {
    for (const Violation& known : state_.violations) {
        if (known.rule == clause_->id && known.message == message) return;
    }
    Violation violation;
    violation.rule = clause_->id;
    violation.message = std::move(message);
    violation.step = event_.step;
    violation.since = since == never ? event_.step : since;
    violation.by = clause_->bound == Bound::utrace ? "utrace" : bound_name(clause_->bound);
    if (by.valid()) violation.by = name(by);
    violation.duty = clause_->bound != Bound::utrace;
    state_.violations.push_back(std::move(violation));
    broke_ = true;
}

// --- ContractState ---------------------------------------------------------------------------

void ContractState::clear() {
    history.clear();
    ledger.clear();
    of_engine.clear();
    of_task.clear();
    of_all.clear();
    exercised.clear();
    violations.clear();
}

ContractState::Mark ContractState::mark() {
    return {history.mark(), ledger.mark(),    of_engine.mark(), of_task.mark(),
            of_all.mark(),  exercised.mark(), violations.size()};
}

void ContractState::rewind(const Mark& mark) {
    history.rewind(mark.history);
    ledger.rewind(mark.ledger);
    of_engine.rewind(mark.of_engine);
    of_task.rewind(mark.of_task);
    of_all.rewind(mark.of_all);
    exercised.rewind(mark.exercised);
    violations.resize(mark.violations);
}

// --- choices ---------------------------------------------------------------------------------

ContractChoice ContractChoice::all() {
    ContractChoice choice;
    for (std::size_t i = 0; i < all_clauses().size(); ++i) {
        if (all_clauses()[i]->has_monitor()) choice.clauses.push_back(i);
    }
    return choice;
}

ContractChoice ContractChoice::invariants() {
    ContractChoice choice;
    for (const std::size_t i : all().clauses) {
        if (all_clauses()[i]->id.front() == 'I') choice.clauses.push_back(i);
    }
    return choice;
}

namespace {

Error choice_error(std::string message, std::string hint) {
    Error error;
    error.code = "E-CON-001";
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

}  // namespace

Result<ContractChoice> ContractChoice::parse(std::string_view text) {
    // What begins with what is taken away begins with all.
    ContractChoice choice = !text.empty() && text[0] == '-' ? all() : none();
    while (!text.empty()) {
        std::string_view id = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), id.size() + 1));
        const bool less = !id.empty() && id[0] == '-';
        if (less) id.remove_prefix(1);
        if (id == "all" || id == "none" || id == "invariants") {
            const ContractChoice named = id == "all" ? all() : id == "none" ? none() : invariants();
            choice.change(named.clauses, less);
            continue;
        }
        const std::size_t index = find_clause(id);
        if (index == all_clauses().size()) {
            return choice_error("there is no clause \"" + std::string(id) + "\"",
                                "all, none, invariants, or ids such as C-003,I5, or all,-C-003 for "
                                "all but one; docs/contract.md lists them");
        }
        if (!all_clauses()[index]->has_monitor()) {
            return choice_error("no trace can decide " + std::string(id),
                                std::string(all_clauses()[index]->undecidable));
        }
        choice.change({index}, less);
    }
    return choice;
}

void ContractChoice::change(const std::vector<std::size_t>& some, bool less) {
    for (const std::size_t index : some) {
        const auto there = std::find(clauses.begin(), clauses.end(), index);
        if (less && there != clauses.end()) clauses.erase(there);
        if (!less && there == clauses.end()) clauses.push_back(index);
    }
}

// --- Contract --------------------------------------------------------------------------------

Contract::Contract(const NameTable& names, const ContractChoice& choice)
    : names_(names),
      chosen_(choice.clauses) {
    for (std::size_t slot = 0; slot < chosen_.size(); ++slot) {
        const Clause& clause = *all_clauses()[chosen_[slot]];
        for (std::size_t kind = 0; kind < std::size(listeners_); ++kind) {
            if ((clause.kinds >> kind & 1) != 0) listeners_[kind].push_back(slot);
        }
    }
    restart();
}

Contract::~Contract() = default;

void Contract::restart() {
    state_.clear();
    marks_.clear();
}

std::uint64_t Contract::mark() const {
    marks_.push_back({state_.mark(), next_ != nullptr ? next_->mark() : 0});
    return marks_.size() - 1;
}

void Contract::rewind(std::uint64_t mark) {
    UTSIM_CHECK(mark < marks_.size(), "a mark of a future that never came");
    state_.rewind(marks_[mark].state);
    if (next_ != nullptr) next_->rewind(marks_[mark].next);
    marks_.resize(mark + 1);
}

void Contract::judge(std::size_t slot, Monitor monitor, const Event& event, RunEnd end) {
    Judge judge(state_, names_, event, end);
    judge.slot_ = slot;
    judge.slots_ = chosen_.size();
    judge.clause_ = all_clauses()[chosen_[slot]];
    monitor(judge);
    if (judge.broke_ && notify_ != nullptr) notify_(notify_argument_);
}

void Contract::emit(const Event& event) {
    if (next_ != nullptr) next_->emit(event);
    for (const std::size_t slot : listeners_[static_cast<std::size_t>(event.kind)]) {
        judge(slot, all_clauses()[chosen_[slot]]->monitor, event, RunEnd::paused);
    }
    state_.ledger.add(event, state_.history);
    state_.history.add(event);
}

void Contract::finish(RunEnd end, std::uint64_t step) {
    Event event;
    event.kind = EventKind::run_end;
    event.step = step;
    for (std::size_t slot = 0; slot < chosen_.size(); ++slot) {
        const Monitor monitor = all_clauses()[chosen_[slot]]->at_end;
        if (monitor != nullptr) judge(slot, monitor, event, end);
    }
}

std::uint64_t Contract::exercised(std::size_t index) const {
    for (std::size_t slot = 0; slot < chosen_.size(); ++slot) {
        if (chosen_[slot] == index) return state_.exercised.at(static_cast<std::uint32_t>(slot));
    }
    return 0;
}

}  // namespace utsim
