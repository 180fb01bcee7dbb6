// SPDX-License-Identifier: MIT
// A single search, or a finding that is made small, can take long, so somebody of his own looks at
// the clock.
#include "check/check_clock.hpp"

#include <algorithm>

namespace utsim {

namespace {

/// When the time is over, what was met is made small for a part of it more.
constexpr std::uint64_t part_for_minimizing = 10;
constexpr std::uint64_t least_ms_for_minimizing = 5000;
constexpr std::chrono::milliseconds between_looks(20);

}  // namespace

CheckClock::CheckClock(const std::atomic<bool>* stop, std::optional<std::uint64_t> time_ms)
    : stop_(stop),
      time_ms_(time_ms) {
    look();
    if (stop_ != nullptr || time_ms_) guard_ = std::thread([this] { guard(); });
}

std::uint64_t CheckClock::ms() const {
    // tidy: allow clock (as above)
    const auto now = std::chrono::steady_clock::now();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count());
}

void CheckClock::look() {
    if (stop_ == nullptr && !time_ms_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (pressed()) {
        interrupted_ = true;
        over_ = true;
        minimizing_over_ = true;
        return;
    }
    if (!time_ms_) return;
    const std::uint64_t now = ms();
    if (now < *time_ms_) return;
    out_of_time_ = true;
    over_ = true;
    const std::uint64_t more = std::max(*time_ms_ / part_for_minimizing, least_ms_for_minimizing);
    if (now - *time_ms_ >= more) minimizing_over_ = true;
}

void CheckClock::guard() {
    for (bool on = true; on;) {
        look();
        std::unique_lock<std::mutex> lock(mutex_);
        on = !wakes_.wait_for(lock, between_looks, [this] { return dismissed_; });
    }
}

void CheckClock::dismiss() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        dismissed_ = true;
    }
    wakes_.notify_all();
    if (guard_.joinable()) guard_.join();
}

}  // namespace utsim
