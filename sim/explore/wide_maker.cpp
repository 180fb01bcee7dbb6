// SPDX-License-Identifier: MIT
// How much there is of everything, then one part after the other, then what is to meet.
#include "explore/wide_maker.hpp"

namespace utsim {

using Json = WideMaker::Json;

std::string WideMaker::task_name() { return "t" + std::to_string(1 + below(task_count_)); }

std::string WideMaker::any_task_name() {
    if (has_second_child_ && chance("whom.child2")) return "child2";
    if (has_child_ && chance("whom.child")) return "child";
    return task_name();
}

std::string WideMaker::engine_name() { return "e" + std::to_string(1 + below(engine_count_)); }

std::string WideMaker::signal() { return std::string(draw("signal")); }

Json WideMaker::make() {
    const std::string_view meeting = draw("meeting");
    const bool family = meeting == "vfork" || meeting == "group-exit";
    has_child_ = chance("scenario.child") || family;
    has_second_child_ = has_child_ && chance("scenario.second-child");
    const std::string_view tasks = draw("tasks");
    task_count_ = tasks == "three" ? 3 : tasks == "two" ? 2 : 1;
    const std::string_view engines = draw("engines");
    engine_count_ = engines == "four" ? 4 : engines == "three" ? 3 : engines == "two" ? 2 : 1;
    const std::string_view controllers = draw("controllers");
    controller_count_ = controllers == "three" ? 3 : controllers == "two" ? 2 : 1;
    blocks_ = chance("scenario.blocks");
    if (family || meeting == "exec-stop" || meeting == "job-control") level_ = "abstract";
    if (meeting == "own-step") level_ = "asm";
    if (meeting == "handler-step") level_ = below(3) != 0 ? "abstract" : "asm";
    tree_["format"] = "utsim.scenario/1";
    if (chance("machine.limited")) {
        tree_["machine"]["has_block_step"] = false;
        if (chance("machine.no-single-step")) tree_["machine"]["has_single_step"] = false;
    }
    tree_["tasks"] = Json::array();
    for (std::uint32_t i = 1; i <= task_count_; ++i) tree_["tasks"].push_back(task(i));
    if (has_child_) tree_["children"] = Json::array({child("child")});
    if (has_second_child_) tree_["children"].push_back(child("child2"));
    tree_["engines"] = Json::array();
    for (std::uint32_t i = 1; i <= engine_count_; ++i) tree_["engines"].push_back(engine(i));
    tree_["controllers"] = Json::array();
    for (std::uint32_t i = 1; i <= controller_count_; ++i) {
        tree_["controllers"].push_back(controller(i));
    }
    meet(meeting);
    return std::move(tree_);
}

}  // namespace utsim
