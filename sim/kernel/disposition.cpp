// SPDX-License-Identifier: MIT
// What engines may learn of a task's own table of signal actions.
#include <utsim/engine.hpp>

#include "kernel/task.hpp"

namespace utsim {

SignalReport::Disposition task_disposition(const Task& task, int signal) {
    const Sighand* sighand = task.sighand.peek();
    if (sighand == nullptr || signal < 1 || signal > signal_count) return {};
    const KSigaction& action = sighand->action[signal - 1];
    return {action.handler, action.flags, action.mask, action.restorer};
}

}  // namespace utsim
