// SPDX-License-Identifier: MIT
/// The record of an event and its table are public, since embedders listen too; rooms include them
/// under this name.
#pragma once

#include <utsim/event.hpp>
