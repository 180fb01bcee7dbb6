// SPDX-License-Identifier: MIT
/// When a check ends: when somebody wants it to, or when its time is over. What was met until then
/// may still be made small for a while.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace utsim {

class CheckClock {
public:
    /// Null: nobody stops it; no time: nor does the clock.
    CheckClock(const std::atomic<bool>* stop, std::optional<std::uint64_t> time_ms);
    ~CheckClock() { dismiss(); }
    CheckClock(const CheckClock&) = delete;
    CheckClock& operator=(const CheckClock&) = delete;

    /// Whether more is looked for. Looks itself, so that a check without time does nothing.
    bool go_on() {
        look();
        return !over_;
    }
    /// As it was when somebody looked last; for Worlds, too.
    const std::atomic<bool>& over() const { return over_; }
    bool stopped() const { return over_ || pressed(); }
    /// Whether what was met is still made small.
    bool may_minimize() const {
        return !pressed() && !minimizing_over_.load(std::memory_order_relaxed);
    }

    /// Nobody looks from here on.
    void dismiss();
    bool interrupted() const { return interrupted_; }  ///< behind `dismiss`
    bool out_of_time() const { return out_of_time_; }

    std::uint64_t ms() const;  ///< since it was made

private:
    bool pressed() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }
    void look();
    void guard();

    // tidy: allow clock (it can only end a check: nothing that is found depends on it)
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    const std::atomic<bool>* stop_;
    const std::optional<std::uint64_t> time_ms_;
    std::mutex mutex_;
    bool interrupted_ = false;
    bool out_of_time_ = false;
    bool dismissed_ = false;
    std::atomic<bool> over_ = false;
    std::atomic<bool> minimizing_over_ = false;
    std::condition_variable wakes_;
    std::thread guard_;
};

}  // namespace utsim
