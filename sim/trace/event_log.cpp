// SPDX-License-Identifier: MIT
// Events in three arrays: rows of fixed size, their values, their texts. Cutting back is three
// resizes, which is what makes a recorder cheap under a search that jumps back all the time.
#include "trace/event_log.hpp"

#include <array>

#include "base/check.hpp"

namespace utsim {

namespace {

constexpr std::size_t kinds = static_cast<std::size_t>(EventKind::count_);

std::array<std::uint8_t, kinds> count_fields() {
    std::array<std::uint8_t, kinds> counts{};
    for (const KindInfo& info : event_table()) {
        for (const FieldInfo& field : info.field) {
            if (!field.name.empty()) ++counts[static_cast<std::size_t>(info.kind)];
        }
    }
    return counts;
}

}  // namespace

std::size_t field_count(EventKind kind) {
    static const std::array<std::uint8_t, kinds> counts = count_fields();
    return counts[static_cast<std::size_t>(kind)];
}

void EventLog::append(const Event& event) {
    rows_.push_back({event.step, values_.size(), text_.size(), event.actor.value, event.kind});
    values_.insert(values_.end(), event.value.begin(),
                   event.value.begin() + static_cast<std::ptrdiff_t>(field_count(event.kind)));
    text_ += event.text;
}

void EventLog::truncate(std::uint64_t count) {
    if (count >= rows_.size()) return;
    values_.resize(rows_[count].value_at);
    text_.resize(rows_[count].text_at);
    rows_.resize(count);
}

Event EventLog::at(std::uint64_t index) const {
    UTSIM_CHECK(index < rows_.size(), "an event behind the end of its log");
    const Row& row = rows_[index];
    Event event;
    event.kind = row.kind;
    event.actor = ActorId{row.actor};
    event.step = row.step;
    for (std::size_t i = 0; i < field_count(row.kind); ++i) {
        event.value[i] = values_[row.value_at + i];
    }
    const std::uint64_t end = index + 1 < rows_.size() ? rows_[index + 1].text_at : text_.size();
    event.text = std::string_view(text_).substr(row.text_at, end - row.text_at);
    return event;
}

std::uint64_t Tee::mark() const {
    marks_.push_back({first_.mark(), second_.mark()});
    return marks_.size() - 1;
}

void Tee::rewind(std::uint64_t mark) {
    UTSIM_CHECK(mark < marks_.size(), "a mark that was never made");
    first_.rewind(marks_[mark].first);
    second_.rewind(marks_[mark].second);
}

}  // namespace utsim
