// SPDX-License-Identifier: MIT
/// A run as a file that the Perfetto UI opens: TrackEvent packets, as protocol buffers.
///
/// Each lane of the timeline is a track, and each sort of bars in it a track below, so slices nest.
/// One scheduling step is a microsecond.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "report/timeline.hpp"

namespace utsim {

/// Hands the file on piece by piece, so that it is nowhere as a whole.
void write_perfetto(const Timeline& timeline, std::string_view title,
                    const std::function<void(std::string_view)>& take);
/// All of it at once.
std::string perfetto_of(const Timeline& timeline, std::string_view title);

/// Appends fields of a protocol buffer's message.
class ProtobufWriter {
public:
    void number(std::uint32_t field, std::uint64_t value);
    void fixed(std::uint32_t field, std::uint64_t value);
    /// A string, or a message that was written by another writer.
    void bytes(std::uint32_t field, std::string_view value);

    const std::string& text() const { return out_; }
    void clear() { out_.clear(); }

private:
    void varint(std::uint64_t value);

    std::string out_;
};

}  // namespace utsim
