// SPDX-License-Identifier: MIT
// Of Perfetto's messages a dozen fields are needed, so the bytes are written here and by nobody's
// generator. The numbers are those of perfetto's trace_packet.proto and track_event.proto.
#include "report/perfetto.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace utsim {

namespace {

namespace field {
// Trace
constexpr std::uint32_t packet = 1;
// TracePacket
constexpr std::uint32_t timestamp = 8;
constexpr std::uint32_t sequence_id = 10;
constexpr std::uint32_t track_event = 11;
constexpr std::uint32_t sequence_flags = 13;
constexpr std::uint32_t track_descriptor = 60;
// TrackDescriptor
constexpr std::uint32_t uuid = 1;
constexpr std::uint32_t track_name = 2;
constexpr std::uint32_t parent_uuid = 5;
constexpr std::uint32_t child_ordering = 11;
constexpr std::uint32_t sibling_order_rank = 12;
// TrackEvent
constexpr std::uint32_t annotation = 4;
constexpr std::uint32_t type = 9;
constexpr std::uint32_t track_uuid = 11;
constexpr std::uint32_t category = 22;
constexpr std::uint32_t name = 23;
constexpr std::uint32_t flow = 47;
constexpr std::uint32_t terminating_flow = 48;
// DebugAnnotation
constexpr std::uint32_t annotation_text = 6;
constexpr std::uint32_t annotation_number = 3;
constexpr std::uint32_t annotation_name = 10;
}  // namespace field

enum class EventType : std::uint8_t { slice_begin = 1, slice_end = 2, instant = 3 };
constexpr std::uint64_t explicit_order = 3;
constexpr std::uint64_t state_cleared = 1;  ///< nothing of the sequence came before

constexpr std::uint64_t step_time = 1000;  ///< nanoseconds
constexpr std::uint64_t run_track = 1;
constexpr std::uint64_t kinds_of_bars = 8;

std::uint64_t lane_track(std::size_t lane) { return 100 + lane * kinds_of_bars; }
std::uint64_t bar_track(const Bar& bar) {
    return lane_track(bar.lane) + 1 + static_cast<std::uint64_t>(bar.kind);
}

/// A packet that is still to be made: of a long run there are as many as rows, so it is short.
struct Moment {
    std::uint64_t time = 0;
    std::size_t of = 0;  ///< which bar; of an instant, which row
    EventType type{};
};

using Take = std::function<void(std::string_view)>;

class Maker {
public:
    Maker(const Timeline& line, std::string_view title, const Take& take)
        : line_(line),
          title_(title),
          take_(take) {}

    void make() {
        note_times();
        describe_tracks();
        for (const Arrow& arrow : line_.arrows) {
            const std::uint64_t id = ++last_flow_;
            flows_[arrow.from].push_back({field::flow, id});
            flows_[arrow.to].push_back({field::terminating_flow, id});
        }
        slices();
        instants();
        std::stable_sort(moments_.begin(), moments_.end(),
                         [](const Moment& a, const Moment& b) { return a.time < b.time; });
        for (const Moment& one : moments_) tell(one);
        hand_on(0);
    }

private:
    /// Rows of one step follow each other within its microsecond.
    void note_times() {
        std::uint64_t next = 0;
        for (const TimelineRow& row : line_.rows) {
            next = std::max(next, row.step * step_time);
            times_.push_back(next);
            next += 2;
        }
    }

    void track(std::uint64_t uuid, std::uint64_t parent, std::string_view name,
               std::uint64_t rank) {
        ProtobufWriter descriptor;
        descriptor.number(field::uuid, uuid);
        descriptor.bytes(field::track_name, name);
        if (parent != 0) descriptor.number(field::parent_uuid, parent);
        descriptor.number(field::child_ordering, explicit_order);
        descriptor.number(field::sibling_order_rank, rank);
        ProtobufWriter packet;
        packet.number(field::sequence_id, 1);
        if (uuid == run_track) packet.number(field::sequence_flags, state_cleared);
        packet.bytes(field::track_descriptor, descriptor.text());
        trace_.bytes(field::packet, packet.text());
    }

    /// What is written so far goes on when it is more than `most` bytes.
    void hand_on(std::size_t most) {
        if (trace_.text().size() <= most) return;
        take_(trace_.text());
        trace_.clear();
    }

    void describe_tracks() {
        track(run_track, 0, title_, 0);
        std::map<std::uint64_t, std::string> below;
        for (const Bar& bar : line_.bars) below[bar_track(bar)] = bar_kind_name(bar.kind);
        for (std::size_t i = 0; i < line_.lanes.size(); ++i) {
            const Lane& lane = line_.lanes[i];
            const std::uint64_t parent =
                lane.kind == LaneKind::engine ? lane_track(lane.task) : run_track;
            const std::string about = lane.about.empty() ? "" : " (" + lane.about + ")";
            track(lane_track(i), parent, lane.name + about, kinds_of_bars + i);
            for (std::uint64_t kind = 1; kind < kinds_of_bars; ++kind) {
                const auto there = below.find(lane_track(i) + kind);
                if (there != below.end()) {
                    track(there->first, lane_track(i), there->second, kind);
                }
            }
        }
    }

    void tell(const Moment& moment) {
        if (moment.type == EventType::instant) {
            const TimelineRow& row = line_.rows[moment.of];
            return emit(moment, lane_track(row.lane), row.kind, row.text, moment.of);
        }
        const Bar& bar = line_.bars[moment.of];
        if (moment.type == EventType::slice_end) {
            return emit(moment, bar_track(bar), {}, {}, std::nullopt);
        }
        emit(moment, bar_track(bar), bar_kind_name(bar.kind), bar.text,
             is_call(bar) ? std::optional(bar.first) : std::nullopt);
    }

    void emit(const Moment& moment, std::uint64_t track, std::string_view category,
              std::string_view name, std::optional<std::size_t> row) {
        ProtobufWriter event;
        event.number(field::type, static_cast<std::uint64_t>(moment.type));
        event.number(field::track_uuid, track);
        if (!category.empty()) event.bytes(field::category, category);
        if (!name.empty()) event.bytes(field::name, name);
        if (row) {
            const TimelineRow& of = line_.rows[*row];
            annotate(event, "step", of.step);
            annotate(event, "text", of.text + (of.result.empty() ? "" : " = " + of.result));
            const auto found = flows_.find(*row);
            if (found != flows_.end()) {
                for (const auto& [which, id] : found->second) event.fixed(which, id);
                flows_.erase(found);
            }
        }
        ProtobufWriter packet;
        packet.number(field::timestamp, moment.time);
        packet.number(field::sequence_id, 1);
        packet.bytes(field::track_event, event.text());
        trace_.bytes(field::packet, packet.text());
        constexpr std::size_t piece = 64 * 1024;
        hand_on(piece);
    }
    static void annotate(ProtobufWriter& event, std::string_view name, std::string_view text) {
        ProtobufWriter annotation;
        annotation.bytes(field::annotation_name, name);
        annotation.bytes(field::annotation_text, text);
        event.bytes(field::annotation, annotation.text());
    }
    static void annotate(ProtobufWriter& event, std::string_view name, std::uint64_t number) {
        ProtobufWriter annotation;
        annotation.bytes(field::annotation_name, name);
        annotation.number(field::annotation_number, number);
        event.bytes(field::annotation, annotation.text());
    }

    /// Bars of one track, the outer ones first; one that sticks out of another is cut there.
    void slices() {
        begun_.resize(line_.rows.size());
        std::map<std::uint64_t, std::vector<std::size_t>> by_track;
        for (std::size_t i = 0; i < line_.bars.size(); ++i) {
            by_track[bar_track(line_.bars[i])].push_back(i);
        }
        for (const auto& [track, bars] : by_track) {
            std::vector<std::uint64_t> open;  // when they end
            for (const std::size_t i : bars) {
                const Bar& bar = line_.bars[i];
                const std::uint64_t begin = times_[bar.first];
                std::uint64_t end = times_[bar.last] + 1;
                while (!open.empty() && open.back() <= begin) end_slice(i, open);
                if (!open.empty()) end = std::min(end, open.back());
                if (is_call(bar)) begun_[bar.first] = true;
                moments_.push_back({begin, i, EventType::slice_begin});
                open.push_back(end);
            }
            while (!open.empty()) end_slice(bars.front(), open);
        }
    }
    /// An end says no more than its track, which is that of any of its bars.
    void end_slice(std::size_t bar, std::vector<std::uint64_t>& open) {
        moments_.push_back({open.back(), bar, EventType::slice_end});
        open.pop_back();
    }
    static bool is_call(const Bar& bar) {
        return bar.kind == BarKind::callback || bar.kind == BarKind::api ||
               bar.kind == BarKind::syscall;
    }

    /// Each row that is not the beginning of a slice.
    void instants() {
        for (std::size_t i = 0; i < line_.rows.size(); ++i) {
            if (!begun_[i]) moments_.push_back({times_[i], i, EventType::instant});
        }
    }

    const Timeline& line_;
    std::string_view title_;
    std::vector<std::uint64_t> times_;
    std::map<std::size_t, std::vector<std::pair<std::uint32_t, std::uint64_t>>> flows_;
    std::vector<bool> begun_;  ///< rows at which a call's slice begins
    std::uint64_t last_flow_ = 0;
    std::vector<Moment> moments_;
    const Take& take_;
    ProtobufWriter trace_;
};

constexpr std::uint32_t wire_varint = 0;
constexpr std::uint32_t wire_fixed64 = 1;
constexpr std::uint32_t wire_bytes = 2;

}  // namespace

void ProtobufWriter::varint(std::uint64_t value) {
    while (value >= 0x80) {
        out_ += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out_ += static_cast<char>(value);
}

void ProtobufWriter::number(std::uint32_t field, std::uint64_t value) {
    varint(std::uint64_t{field} << 3 | wire_varint);
    varint(value);
}

void ProtobufWriter::fixed(std::uint32_t field, std::uint64_t value) {
    varint(std::uint64_t{field} << 3 | wire_fixed64);
    for (int i = 0; i < 8; ++i) out_ += static_cast<char>(value >> (8 * i));
}

void ProtobufWriter::bytes(std::uint32_t field, std::string_view value) {
    varint(std::uint64_t{field} << 3 | wire_bytes);
    varint(value.size());
    out_ += value;
}

void write_perfetto(const Timeline& timeline, std::string_view title,
                    const std::function<void(std::string_view)>& take) {
    Maker(timeline, title, take).make();
}

std::string perfetto_of(const Timeline& timeline, std::string_view title) {
    std::string text;
    write_perfetto(timeline, title, [&](std::string_view piece) { text += piece; });
    return text;
}

}  // namespace utsim
