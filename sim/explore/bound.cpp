// SPDX-License-Identifier: MIT
// Depth-first search over snapshots. At each choice the World is kept, the first alternative is
// taken, and when a run has ended the deepest choice with an alternative left is restored. Nothing
// is run twice: the prefix of a schedule is in the snapshot.
#include "explore/search.hpp"

namespace utsim {

namespace {

/// A choice that the search can come back to.
struct Node {
    World::Snapshot world;
    std::vector<ActorId> options;
    std::size_t next = 0;           ///< the alternative to take next
    ActorId current;                ///< who ran, when it could go on; invalid otherwise
    std::uint32_t preemptions = 0;  ///< spent before this choice
};

/// Takes the one alternative that is planned; stops the run where a new choice is to be made.
class BoundChooser final : public Chooser {
public:
    explicit BoundChooser(std::uint32_t bound) : bound_(bound) {}

    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        if (planned_.valid()) return std::exchange(planned_, ActorId{});
        if (current.valid() && preemptions_ == bound_) return current;
        options_.clear();
        if (current.valid()) options_.push_back(current);
        for (const ActorId id : ready) {
            if (id != current) options_.push_back(id);
        }
        if (options_.size() == 1) return options_.front();
        current_ = current;
        return ActorId{};
    }

    /// The choice at which the run has paused.
    void describe(Node& node) const {
        node.options = options_;
        node.next = 0;
        node.current = current_;
        node.preemptions = preemptions_;
    }
    /// Goes on from `node` with its next alternative.
    void plan(Node& node) {
        planned_ = node.options[node.next++];
        const bool preempts = node.current.valid() && planned_ != node.current;
        preemptions_ = node.preemptions + (preempts ? 1 : 0);
    }
    std::uint32_t preemptions() const { return preemptions_; }

private:
    std::uint32_t bound_;
    std::uint32_t preemptions_ = 0;
    ActorId planned_;
    ActorId current_;
    std::vector<ActorId> options_;
};

/// The stack of open choices; closed nodes keep their buffers for the next.
class NodeStack {
public:
    Node& push() {
        if (depth_ == nodes_.size()) nodes_.emplace_back();
        return nodes_[depth_++];
    }
    /// The deepest node with an alternative left, or null.
    Node* backtrack() {
        while (depth_ > 0 && nodes_[depth_ - 1].next == nodes_[depth_ - 1].options.size()) --depth_;
        return depth_ > 0 ? &nodes_[depth_ - 1] : nullptr;
    }

private:
    std::vector<Node> nodes_;
    std::size_t depth_ = 0;
};

}  // namespace

SearchResult search_bound(Trial& trial, std::uint32_t preemptions, const GoOn& go_on) {
    SearchResult result;
    BoundChooser chooser(preemptions);
    NodeStack stack;
    trial.restart();
    for (;;) {
        const RunEnd end = trial.go(chooser);
        if (end == RunEnd::paused) {
            Node& node = stack.push();
            trial.world().snapshot(node.world);
            chooser.describe(node);
            chooser.plan(node);
            continue;
        }
        // Schedules with fewer preemptions belong to a smaller bound, where they were counted.
        const bool counts = chooser.preemptions() == preemptions;
        const Schedule schedule = counts ? trial.schedule() : Schedule{};
        const std::optional<Failure> failure = trial.judge(end);
        if (counts) {
            ++result.schedules;
            if (failure.has_value()) {
                result.hit = SearchHit{*failure, schedule};
                return result;
            }
        }
        if (!go_on(result)) {
            result.end = SearchEnd::stopped;
            return result;
        }
        Node* node = stack.backtrack();
        if (node == nullptr) return result;
        trial.world().restore(node->world);
        chooser.plan(*node);
    }
}

}  // namespace utsim
