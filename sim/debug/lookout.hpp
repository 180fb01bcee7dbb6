// SPDX-License-Identifier: MIT
/// Looks at a run from outside and notices where it has to stop.
///
/// It only listens: no byte of the guest and no register is changed, so a run with a hundred
/// breakpoints is the run without any. It hears of each instruction when that has been executed,
/// and says where to stop as a step, to which the run then goes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cpu/breakpoint.hpp"
#include "debug/stop.hpp"
#include "event/event.hpp"
#include "sched/world.hpp"

namespace utsim {
struct Task;
}

namespace utsim::debug {

class Lookout final : public EventSink, public PointObserver {
public:
    explicit Lookout(World& world) : world_(world) {}

    /// What is looked for in the next piece of the run.
    struct Search {
        const Interest* interest = nullptr;
        bool backwards = false;
        std::uint64_t limit = 0;            ///< backwards: only what stops before this step
        TaskId stepping;                    ///< whose next instruction is looked for; nobody's
        bool alone = false;                 ///< what is about others is put off
        std::vector<Mark> for_others;       ///< marks that count for all but who is stepping
        std::optional<Stop> told;           ///< that stop is not told again
        std::set<int>* detached = nullptr;  ///< children of those that are in it join it
    };
    void begin(Search search);
    /// Whoever asks next knows nothing of what was seen and written so far.
    void forget();
    /// After the piece. Nothing is armed any more.
    void finish();

    /// Forwards the first stop, backwards the last one.
    const std::optional<Stop>& found() const { return found_; }
    /// The first stop that was put off.
    const std::optional<Stop>& put_off() const { return put_off_; }
    /// Who is stepping has executed an instruction, or has come back to user mode.
    bool take_stepped() { return std::exchange(stepped_, false); }
    bool backwards() const { return search_.backwards; }
    /// Of a stop at watched bytes that were changed: which, what they were before, and the step
    /// behind the last event at which they still were that.
    const Mark& found_mark() const { return found_mark_; }
    const std::string& old_bytes() const { return old_bytes_; }
    std::uint64_t same_until() const { return same_until_; }
    /// What programs have written since the last call, of pieces that went forwards.
    std::string take_output() { return std::exchange(output_, {}); }

    void emit(const Event& event) override;
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool at_point(World& world, Actor& actor) override;

private:
    struct Watched {
        Mark mark;
        const Task* owner = nullptr;
        std::string bytes;   ///< as they were when they were looked at last
        std::string before;  ///< and before they changed
        bool there = false;
    };

    void arm();
    void user_step(const Task* task, std::uint64_t ip, std::uint64_t step);
    void back_in_user_mode(const Task* task, std::uint64_t step);
    void ended(const Task* task, const Event& event);
    void born(const Task* child, const Task* parent, const Event& event);
    void happened(const Task* task, const Event& event);
    bool is_caught(const Task* task, std::int64_t call) const;
    void look_at_watched(const Task* task, const Event& event);
    bool changed(Watched& watched);
    bool is_marked(const std::vector<Mark>& marks, const Task* task, std::uint64_t ip,
                   std::uint64_t step);
    void stop(Stop stop);
    bool is_told(const Task* task) const;

    World& world_;
    Search search_;
    std::uint64_t filter_ = 0;  ///< bit n: an address with these low bits is marked
    std::vector<Watched> watched_;
    std::vector<Mark> pieces_;  ///< the parts of access watches, by their bit in `access_`
    cpu::DataWatch access_;
    bool armed_ = false;
    bool first_ = true;  ///< who is stepping has not executed anything yet
    bool stepped_ = false;
    std::optional<Stop> found_;
    std::optional<Stop> put_off_;
    std::uint64_t checked_until_ = 0;
    Mark found_mark_;
    std::uint64_t same_until_ = 0;
    std::string old_bytes_;
    std::string output_;
    std::set<std::uint32_t> in_exec_;               ///< tasks that have a new program
    std::set<std::uint32_t> in_vfork_;              ///< tasks that wait for their children
    std::map<std::uint32_t, std::int64_t> called_;  ///< calls that have been made, by task
};

/// Of watched reads there can be so many aligned pieces of up to 8 bytes.
inline constexpr std::size_t pieces_of_reads = 4;
void cut_up(const Mark& mark, std::vector<Mark>& pieces);

/// Whether the point called `label` is meant by `pattern`: `lock:utrace_stop:T` is any lock of T.
bool is_point(const std::string& label, const std::string& pattern);

}  // namespace utsim::debug
