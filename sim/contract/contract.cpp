// SPDX-License-Identifier: MIT
// Each event goes to the monitors that asked for its kind, then into the history. The numbers that
// monitors keep lie side by side, so that a mark is a handful of block copies.
#include "contract/contract.hpp"

#include <utsim/sink_memory.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.hpp"
#include "base/suggest.hpp"
#include "contract/fact.hpp"
#include "contract/identity.hpp"
#include "contract/memory_parts.hpp"

namespace utsim {

// --- Judge -----------------------------------------------------------------------------------

const CallView& Judge::call() const {
    static const CallView nothing;
    const CallView* call = past().call(event_.actor);
    return call != nullptr ? *call : nothing;
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
    ++broke_;
}

// --- ContractState ---------------------------------------------------------------------------

void ContractState::clear(std::size_t monitors) {
    history.clear();
    ledger.clear();
    memory.clear(monitors);
    exercised.clear();
    violations.clear();
}

ContractState::Mark ContractState::mark() {
    return {history.mark(), ledger.mark(), memory.mark(), exercised.mark(), violations.size()};
}

void ContractState::rewind(const Mark& mark) {
    history.rewind(mark.history);
    ledger.rewind(mark.ledger);
    memory.rewind(mark.memory);
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
      dispatch_(Dispatch::of(choice.clauses)) {
    restart();
}

void Contract::restart() {
    state_.clear(dispatch_->slots());
    marks_.clear();
}

std::uint64_t Contract::mark() const {
    marks_.push_back({state_.mark(), next_ != nullptr ? next_->mark() : 0});
    return marks_.size() - 1;
}

namespace {

/// Puts what an Identity tells into pieces of a SinkMemory. Answers lie side by side in words at
/// the end of each.
class Remembering {
public:
    Remembering(SinkMemory& memory, const FactSet& told, const MemoryParts& parts)
        : memory_(memory),
          told_(told),
          parts_(parts) {
        std::array<SinkMemory::Askers, MemoryParts::most> askers{};
        for (std::size_t part = 0; part < parts.count(); ++part) askers[part] = memory.add_asker();
        for (std::size_t piece = 1; piece < parts.pieces(); ++piece) {
            SinkMemory::Askers all = 0;
            for (std::size_t part = 0; part < parts.count(); ++part) {
                if ((parts.readers(piece) >> part & 1) != 0) all |= askers[part];
            }
            answers_[piece].place = memory.add_piece(all);
        }
    }
    ~Remembering() {
        for (std::size_t piece = 0; piece < parts_.pieces(); ++piece) {
            if (answers_[piece].room != all_room) word(piece, answers_[piece].bits);
        }
        memory_.into(SinkMemory::common);
    }
    Remembering(const Remembering&) = delete;
    Remembering& operator=(const Remembering&) = delete;

    void record(const char*, std::uint32_t) {}
    template <typename T>
    void value(Fact fact, T field, bool live = true) {
        if (told_.has(fact)) word(fact, live ? static_cast<std::uint64_t>(field) : 0);
    }
    void some(Fact fact, std::uint64_t count, std::uint64_t most) {
        if (told_.has(fact)) put(fact, std::min(count, most), 2);
    }
    void moment(Fact fact, std::uint64_t step, bool live = true) {
        if (told_.has(fact)) put(fact, live ? seen(step) : 0, 2);
    }
    void now(Fact fact, std::uint64_t step) {
        if (told_.has(fact)) put(fact, step == memory_.now() ? 1 : 0, 1);
    }
    void before(Fact fact, std::uint64_t a, std::uint64_t b, bool live = true) {
        if (told_.has(fact)) put(fact, live && a < b ? 1 : 0, 1);
    }
    void since(Fact fact, std::uint64_t a, std::uint64_t b, bool live) {
        if (told_.has(fact)) put(fact, live && (a == never || a < b) ? 1 : 0, 1);
    }
    void same(Fact fact, std::uint64_t a, std::uint64_t b, bool live = true) {
        if (told_.has(fact)) put(fact, live && a == b ? 1 : 0, 1);
    }
    void ahead(Fact fact, std::uint64_t a, std::uint64_t b, std::uint64_t most, bool live) {
        if (told_.has(fact)) put(fact, live ? std::min(a - b, most) : 0, 2);
    }
    /// Ranks stand in one line, so everybody sees them.
    void rank(Fact fact, std::uint64_t number) {
        if (!told_.has(fact)) return;
        memory_.into(SinkMemory::common);
        memory_.count(number);
    }

    /// What follows about this number belongs to its clause.
    void number(Keeping what, std::size_t slot, std::uint32_t id) {
        keeper_ = parts_.piece_of_slot(slot);
        if (!told_.has("number")) return;
        word(keeper_, static_cast<std::uint64_t>(what) << 56 | std::uint64_t{slot} << 32 | id);
    }
    template <typename T>
    void kept_value(Fact fact, T kept) {
        if (told_.has(fact)) word(keeper_, static_cast<std::uint64_t>(kept));
    }
    void kept_some(Fact fact, std::uint64_t count, std::uint64_t most) {
        if (told_.has(fact)) put(keeper_, std::min(count, most), 2);
    }
    void kept_moment(Fact fact, std::uint64_t kept, bool is_step) {
        if (told_.has(fact) && is_step) put(keeper_, seen(kept - 1), 2);
    }
    void kept_order(Fact fact, std::uint64_t kept, std::uint64_t with) {
        if (told_.has(fact)) put(keeper_, kept - 1 < with ? 0 : kept - 1 == with ? 1 : 2, 2);
    }
    void kept_orders(Fact fact, std::uint64_t kept, std::uint64_t with) {
        kept_order(fact, kept, with - 1);
    }

private:
    static constexpr int all_room = 64;
    struct Answers {
        std::uint64_t bits = 0;
        int room = all_room;
        std::size_t place = SinkMemory::common;  ///< in the memory
    };

    std::uint64_t seen(std::uint64_t step) const {
        return step == never ? 0 : step == memory_.now() ? 2 : 1;
    }
    void word(Fact fact, std::uint64_t value) { word(parts_.piece_of(fact), value); }
    void word(std::size_t piece, std::uint64_t value) {
        memory_.into(answers_[piece].place);
        memory_.number(value);
    }
    void put(Fact fact, std::uint64_t bits, int size) { put(parts_.piece_of(fact), bits, size); }
    void put(std::size_t piece, std::uint64_t bits, int size) {
        Answers& answers = answers_[piece];
        if (answers.room < size) {
            word(piece, answers.bits);
            answers.bits = 0;
            answers.room = all_room;
        }
        answers.bits = answers.bits << size | bits;
        answers.room -= size;
    }

    SinkMemory& memory_;
    const FactSet& told_;
    const MemoryParts& parts_;
    std::size_t keeper_ = 0;  ///< the piece of the clause whose number is told
    std::array<Answers, MemoryParts::most_pieces> answers_;
};

}  // namespace

/// What some chosen clause goes by, and which of them go by it together.
struct Contract::Told {
    explicit Told(const Dispatch& dispatch) : parts(dispatch) {
        for (std::size_t i = 0; i < fact_count; ++i) {
            if (dispatch.is_read(utsim::facts[i])) facts.add(i);
        }
    }
    FactSet facts;
    MemoryParts parts;
};

Contract::~Contract() = default;

Contract::Told& Contract::told() const {
    if (told_ == nullptr) told_ = std::make_unique<Told>(*dispatch_);
    return *told_;
}

void Contract::remembers(SinkMemory& memory) const {
    if (judges()) {
        Remembering visitor(memory, told().facts, told().parts);
        identify(visitor);
    }
    if (next_ != nullptr) next_->remembers(memory);
}

bool Contract::leave_out(std::string_view fact) {
    for (std::size_t i = 0; i < fact_count; ++i) {
        if (facts[i].name != fact) continue;
        told().facts.remove(i);
        return true;
    }
    return false;
}

void Contract::rewind(std::uint64_t mark) {
    UTSIM_CHECK(mark < marks_.size(), "a mark of a future that never came");
    state_.rewind(marks_[mark].state);
    if (next_ != nullptr) next_->rewind(marks_[mark].next);
    marks_.resize(mark + 1);
}

inline void Contract::call(Judge& judge, std::size_t slot, Monitor monitor) {
    judge.slot_ = slot;
    judge.clause_ = &dispatch_->clause(slot);
    monitor(judge);
    if (judge.broke_ == 0) return;
    if (notify_ != nullptr) notify_(notify_argument_, judge.kind(), judge.broke_);
    judge.broke_ = 0;
}

WhenSet Contract::conditions() const {
    const Circumstances& past = state_.history.circumstances();
    WhenSet hold = 0;
    if (past.holds != 0) hold |= bit(When::held);
    if (past.traced != 0) hold |= bit(When::traced);
    if (past.killed) hold |= bit(When::killed);
    if (past.exiting) hold |= bit(When::exiting);
    if (past.dead) hold |= bit(When::dead);
    if (state_.ledger.steps() != 0) hold |= bit(When::stepping);
    return hold;
}

/// Calls `use(word, bits)` for the monitors that hear `topic` as things stand.
template <typename Use>
inline void Contract::for_each_listener_word(Topic topic, Use&& use) const {
    const WhenSet heard = dispatch_->heard(topic);
    if (heard == 0) return;
    const Dispatch::Row row = dispatch_->row(topic);
    const WhenSet others = heard & conditions();
    for (std::size_t word = 0; word < dispatch_->words(); ++word) {
        const std::uint64_t armed = state_.memory.armed(word);
        std::uint64_t called = row(When::always, word) | (row(When::armed, word) & armed) |
                               (row(When::unarmed, word) & ~armed);
        for (WhenSet left = others; left != 0; left &= left - 1) {
            called |= row(static_cast<When>(std::countr_zero(left)), word);
        }
        use(word, called);
    }
}

void Contract::emit(const Event& event) {
    if (next_ != nullptr) next_->emit(event);
    if (!judges()) return;
    const Topic topic = topic_of(event);
    Judge judge(state_, names_, event, RunEnd::paused);
    const auto call_all = [&](std::size_t word, std::uint64_t listeners) {
        for (std::uint64_t left = listeners; left != 0; left &= left - 1) {
            const std::size_t slot = 64 * word + static_cast<std::size_t>(std::countr_zero(left));
            call(judge, slot, dispatch_->monitor(slot));
            ++calls_;
        }
    };
    if (call_everybody_) {
        for (std::size_t word = 0; word < dispatch_->words(); ++word) {
            call_all(word, dispatch_->everybody(event.kind, word));
        }
    } else {
        for_each_listener_word(topic, call_all);
    }
    state_.ledger.add(event, state_.history);
    state_.history.add(event);
}

/// Not when no monitor would be called: what is then left of each is who ran last, and when.
bool Contract::wants_each_instruction() const {
    if (next_ != nullptr && next_->wants_each_instruction()) return true;
    if (!judges()) return false;
    if (call_everybody_ || state_.ledger.steps() != 0) return true;
    bool any = false;
    Event instruction;
    instruction.kind = EventKind::instruction;
    for_each_listener_word(topic_of(instruction),
                           [&](std::size_t, std::uint64_t listeners) { any |= listeners != 0; });
    return any;
}

void Contract::finish(RunEnd end, std::uint64_t step) {
    Event event;
    event.kind = EventKind::run_end;
    event.step = step;
    Judge judge(state_, names_, event, end);
    for (const std::size_t slot : dispatch_->at_end()) {
        call(judge, slot, dispatch_->clause(slot).at_end);
    }
}

std::uint64_t Contract::exercised(std::size_t index) const {
    // Slots that were never counted, and clauses that were not chosen, are 0.
    return state_.exercised.at(static_cast<std::uint32_t>(dispatch_->slot_of(index)));
}

}  // namespace utsim
