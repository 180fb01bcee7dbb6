// SPDX-License-Identifier: MIT
// How much there is of everything, then one part after the other, then what is to meet.
#include "explore/wide_maker.hpp"

namespace utsim {

std::string WideMaker::task_name() { return "t" + std::to_string(1 + below(task_count_)); }

std::string WideMaker::any_task_name() {
    if (has_second_child_ && chance("whom.child2")) return "child2";
    if (has_child_ && chance("whom.child")) return "child";
    return task_name();
}

std::string WideMaker::engine_name() { return "e" + std::to_string(1 + below(engine_count_)); }

std::string WideMaker::signal() { return std::string(draw("signal")); }

Draft WideMaker::make() {
    meeting_ = find_meeting(draw("meeting"));
    has_child_ = chance("scenario.child") || (meeting_ != nullptr && meeting_->family);
    has_second_child_ = has_child_ && chance("scenario.second-child");
    const std::string_view tasks = draw("tasks");
    task_count_ = tasks == "three" ? 3 : tasks == "two" ? 2 : 1;
    const std::string_view engines = draw("engines");
    engine_count_ = engines == "four" ? 4 : engines == "three" ? 3 : engines == "two" ? 2 : 1;
    const std::string_view controllers = draw("controllers");
    controller_count_ = controllers == "three" ? 3 : controllers == "two" ? 2 : 1;
    blocks_ = chance("scenario.blocks");
    tree_.set("format", "utsim.scenario/1");
    if (chance("machine.limited")) {
        tree_["machine"].set("has_block_step", false);
        if (chance("machine.no-single-step")) tree_["machine"].set("has_single_step", false);
    }
    tree_.set("tasks", Draft::list());
    for (std::uint32_t i = 1; i <= task_count_; ++i) tree_["tasks"].add(task(i));
    if (has_child_) tree_.set("children", Draft::list({child("child")}));
    if (has_second_child_) tree_["children"].add(child("child2"));
    tree_.set("engines", Draft::list());
    for (std::uint32_t i = 1; i <= engine_count_; ++i) tree_["engines"].add(engine(i));
    tree_.set("controllers", Draft::list());
    for (std::uint32_t i = 1; i <= controller_count_; ++i) {
        tree_["controllers"].add(controller(i));
    }
    if (meeting_ != nullptr) (this->*meeting_->arrange)();
    return std::move(tree_);
}

}  // namespace utsim
