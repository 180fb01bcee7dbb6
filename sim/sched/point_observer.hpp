// SPDX-License-Identifier: MIT
/// Whoever looks at a run from point to point.
#pragma once

namespace utsim {

class World;
struct Actor;

/// Called at every scheduling point, on the fiber, before the choice; for harnesses.
class PointObserver {
public:
    virtual ~PointObserver() = default;
    /// True holds the actor here until `World::release_held`.
    virtual bool at_point(World& world, Actor& actor) = 0;
};

}  // namespace utsim
