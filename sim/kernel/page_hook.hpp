// SPDX-License-Identifier: MIT
/// Guest pages follow a World through time: the hook between World snapshots and the page pool.
#pragma once

#include "cpu/page_pool.hpp"
#include "sched/world.hpp"

namespace utsim {

/// Owns the pages of one World's guests; register it with `World::add_hook`.
class PageHook final : public SnapshotHook {
public:
    cpu::PagePool& pool() { return pool_; }

    std::shared_ptr<void> take() override {
        if (pool_.live_spaces() == 0) return nullptr;  // nothing to keep, and no allocation
        auto snapshot = std::make_shared<cpu::PageSnapshot>();
        pool_.take(*snapshot);
        return snapshot;
    }
    void before_restore() override {}
    void restore(const std::shared_ptr<void>& state) override {
        if (state == nullptr) return pool_.drop_all();
        pool_.restore(*static_cast<cpu::PageSnapshot*>(state.get()));
    }
    void reset() override { pool_.drop_all(); }

private:
    cpu::PagePool pool_;
};

}  // namespace utsim
