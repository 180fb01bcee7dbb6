// SPDX-License-Identifier: MIT
/// What somebody outside utrace can see of a run: the part of its events by which two semantics are
/// compared.
///
/// Locks, scheduling points, list operations and the step at which something happens are left out:
/// two ways to write the same thing may differ there.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace utsim {

/// Who sees it.
enum class ObserverKind : std::uint8_t {
    engine,      ///< its callbacks, and the calls it makes inside them
    program,     ///< a task in user mode, and whoever looks at its state
    controller,  ///< the answers of its calls
    machine,     ///< the kernel's log, and how the run ends
};
const char* observer_kind_name(ObserverKind kind);

/// One event that an observer sees.
struct Observed {
    EventKind kind{};
    ObserverKind who{};
    std::uint32_t id = 0;     ///< of the engine, task or actor; 0 for the machine
    std::uint32_t index = 0;  ///< the number of this event among all that the run emitted
    ActorId actor;
    std::uint64_t step = 0;
    std::array<std::int64_t, max_fields> value{};

    /// The same to its observer.
    bool looks_like(const Observed& other) const {
        return kind == other.kind && who == other.who && id == other.id && value == other.value;
    }
};

/// The sink that keeps what can be observed. Texts count by their digest.
class Observation final : public EventSink {
public:
    explicit Observation(const NameTable& names) : names_(names) {}

    /// Forgets everything: a new run begins.
    void restart();
    /// Which actors are controllers; what they call is theirs and no engine's.
    void set_controllers(std::vector<bool> controllers) { controllers_ = std::move(controllers); }

    void emit(const Event& event) override;
    std::uint64_t mark() const override { return index_; }
    /// A comparison never goes back in time but to the beginning.
    void rewind(std::uint64_t mark) override;

    const std::vector<Observed>& seen() const { return seen_; }
    /// Who let somebody see something, and in which step: one for each event that counts.
    struct Moment {
        ActorId actor;
        std::uint64_t step = 0;
    };
    const std::vector<Moment>& moments() const { return moments_; }
    /// How many events `actor` has let somebody see so far.
    std::uint64_t seen_of(ActorId actor) const {
        return actor.value < per_actor_.size() ? per_actor_[actor.value] : 0;
    }
    /// All events so far, seen or not.
    std::uint64_t events() const { return index_; }

private:
    bool place(const Event& event, Observed& out);
    void place_call(const Event& event, Observed& out) const;
    void keep(const Observed& observed);
    std::int64_t digest_of(std::int64_t text) const;

    const NameTable& names_;
    std::vector<bool> controllers_;
    std::vector<Observed> seen_;
    std::vector<Moment> moments_;
    std::vector<std::uint64_t> per_actor_;
    std::vector<std::uint32_t> in_callback_;        ///< by actor: engine + 1
    std::vector<std::uint32_t> last_instructions_;  ///< by task: 1 + place in `seen_`
    std::uint32_t index_ = 0;
};

}  // namespace utsim
