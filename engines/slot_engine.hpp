// SPDX-License-Identifier: MIT
/// What the stock engines share: they belong to a scenario's slot, and scripts can wait for them.
#pragma once

#include <utsim/engine.hpp>

#include "engines/script.hpp"

namespace utsim {

class SlotEngine : public EngineOps {
public:
    const char* name() const override { return slot().name; }

protected:
    SlotEngine(ScriptContext* context, std::uint16_t slot) : context_(context), slot_(slot) {}
    ~SlotEngine() = default;

    EngineSlot& slot() const { return context_->engines[slot_]; }
    ScriptContext& context() const { return *context_; }
    /// Each callback begins with this.
    void called() const {
        ++slot().calls;
        notify_awaits(*context_);
    }

private:
    ScriptContext* context_;
    std::uint16_t slot_;
};

}  // namespace utsim
