// SPDX-License-Identifier: MIT
// Fewer switches, same failure. A schedule is cut at its end (behind it nobody is preempted), and
// stretches of one actor are moved next to each other; what still fails the same way is kept.
#include <algorithm>

#include "explore/search.hpp"

namespace utsim {

namespace {

constexpr int most_attempts = 4000;

/// The stretches again, with neighbours of the same actor joined and empty ones gone.
Schedule joined(const std::vector<Schedule::Stretch>& stretches, const Schedule& like) {
    Schedule out;
    for (const Schedule::Stretch& stretch : stretches) out.append(stretch.actor, stretch.steps);
    out.others = like.others;
    return out;
}

class Minimizer {
public:
    Minimizer(Trial& trial, const SearchHit& hit, const std::function<bool()>& go_on)
        : trial_(trial),
          failure_(hit.failure),
          best_(hit.schedule),
          go_on_(go_on) {}

    Schedule minimize() {
        drop_choices();
        shorten();
        while (cut_end() || move_stretch() || drop_stretch()) shorten();
        return best_;
    }

private:
    bool still_fails(const Schedule& candidate) {
        const std::vector<Failure> failures = trial_.try_schedule(candidate);
        return std::any_of(failures.begin(), failures.end(),
                           [this](const Failure& f) { return f.same_as(failure_); });
    }

    bool exhausted() { return attempts_ >= most_attempts || !go_on_(); }

    /// Keeps `candidate` if it fails the same way with fewer switches; what was run counts, not
    /// what was asked for.
    bool accept(const Schedule& candidate) {
        if (exhausted()) return false;
        ++attempts_;
        if (!still_fails(candidate)) return false;
        const Schedule ran = trial_.schedule();
        if (switches(ran) >= switches(best_)) return false;
        best_ = ran;
        return true;
    }

    /// Leaves out the other choices that the failure does not need, faults for example.
    void drop_choices() {
        for (std::size_t i = best_.others.size(); i-- > 0 && !exhausted();) {
            Schedule candidate = best_;
            candidate.others.erase(candidate.others.begin() + static_cast<std::ptrdiff_t>(i));
            ++attempts_;
            if (still_fails(candidate) && trial_.schedule().others.size() < best_.others.size()) {
                best_ = trial_.schedule();
                i = std::min(i, best_.others.size());
            }
        }
    }

    /// What the World does by itself behind the last preemption need not be prescribed.
    void shorten() {
        std::vector<Schedule::Stretch> stretches = best_.stretches;
        while (!stretches.empty() && !exhausted()) {
            stretches.pop_back();
            const Schedule candidate = joined(stretches, best_);
            ++attempts_;
            if (!still_fails(candidate)) return;
            if (switches(trial_.schedule()) <= switches(best_)) best_ = trial_.schedule();
        }
    }

    bool cut_end() {
        for (std::size_t keep = 0; keep < best_.stretches.size(); ++keep) {
            std::vector<Schedule::Stretch> stretches(
                best_.stretches.begin(),
                best_.stretches.begin() + static_cast<std::ptrdiff_t>(keep));
            if (accept(joined(stretches, best_))) return true;
        }
        return false;
    }

    /// Lets an actor do its next stretch right after this one, or its last one right before.
    bool move_stretch() {
        for (std::size_t i = 0; i < best_.stretches.size(); ++i) {
            for (std::size_t j = i + 2; j < best_.stretches.size(); ++j) {
                if (best_.stretches[j].actor != best_.stretches[i].actor) continue;
                std::vector<Schedule::Stretch> early = best_.stretches;
                early[i].steps += early[j].steps;
                early.erase(early.begin() + static_cast<std::ptrdiff_t>(j));
                if (accept(joined(early, best_))) return true;
                std::vector<Schedule::Stretch> late = best_.stretches;
                late[j].steps += late[i].steps;
                late.erase(late.begin() + static_cast<std::ptrdiff_t>(i));
                if (accept(joined(late, best_))) return true;
                break;
            }
        }
        return false;
    }

    /// Leaves a stretch out: its actor catches up later.
    bool drop_stretch() {
        for (std::size_t i = 0; i < best_.stretches.size(); ++i) {
            std::vector<Schedule::Stretch> without = best_.stretches;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            if (accept(joined(without, best_))) return true;
        }
        return false;
    }

    Trial& trial_;
    const Failure& failure_;
    Schedule best_;
    const std::function<bool()>& go_on_;
    int attempts_ = 0;
};

}  // namespace

std::size_t switches(const Schedule& schedule) {
    return schedule.stretches.empty() ? 0 : schedule.stretches.size() - 1;
}

Schedule minimize(Trial& trial, const SearchHit& hit, const std::function<bool()>& go_on) {
    return Minimizer(trial, hit, go_on).minimize();
}

}  // namespace utsim
