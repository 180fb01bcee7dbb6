// SPDX-License-Identifier: MIT
// One writer behind a keeper of names: what is written is what `RecordedTrace` would write of the
// same run, since names are as they were at their first use in both.
#include "trace/stream.hpp"

#include "base/check.hpp"
#include "sched/world.hpp"
#include "trace/json_writer.hpp"
#include "trace/text_writer.hpp"

namespace utsim {

TraceStream::TraceStream(TraceForm form, const TraceTextOptions& options, TraceOutput out)
    : form_(form),
      options_(options),
      out_(std::move(out)) {
    if (form == TraceForm::jsonl) json_ = std::make_unique<JsonWriter>(names());
    if (form != TraceForm::text || options.columns) return;
    text_ = std::make_unique<TextWriter>(names(), text_options(options));
}

TraceStream::~TraceStream() = default;

void TraceStream::start(World& world, const TraceHeader& header, EventSink* next) {
    world_ = &world;
    next_ = next;
    run_.set_counts(header.counts_instructions);
    kept_.look_at(live_.emplace(world));
    if (text_ != nullptr) text_->header(scratch_, header);
    if (json_ != nullptr && !narrows_) json_->header(scratch_, header);
    hand_out();
}

void TraceStream::narrow(Narrowing narrowing) {
    narrowing_ = std::move(narrowing);
    narrows_ = narrowing_.narrows();
}

void TraceStream::write(const Event& event) {
    if (text_ != nullptr) text_->event(scratch_, event);
    if (json_ != nullptr) json_->event(scratch_, event);
    if (form_ == TraceForm::text && options_.columns) for_columns_.append(event);
}

void TraceStream::emit(const Event& event) {
    // Whoever hears it behind this finds its names, told or not.
    run_.pass(
        event, [this](const Event& met) { kept_.see(met); },
        [this](const Event& told) { take(told); });
    if (next_ != nullptr) next_->emit(event);
}

void TraceStream::end_of_events() {
    run_.end([this](const Event& told) { take(told); });
}

void TraceStream::take(const Event& event) {
    ++events_;
    fingerprint_.add(event, names());
    if (narrows_) {
        narrowing_.pass(event, names(), [this](const Event& shown) { write(shown); });
    } else {
        write(event);
    }
    hand_out();
}

void TraceStream::rewind(std::uint64_t) {
    UTSIM_CHECK(false, "what was written is not taken back");
}

void TraceStream::finish(const TraceEnd& end) {
    narrowing_.end([this](const Event& shown) { write(shown); });
    if (json_ != nullptr && !narrows_) json_->end(scratch_, end);
    if (text_ != nullptr) text_->end(scratch_, end);
    break_off();
}

void TraceStream::break_off() {
    end_of_events();
    narrowing_.end([this](const Event& shown) { write(shown); });
    if (form_ == TraceForm::text && options_.columns) {
        scratch_ = write_columns(for_columns_, names(), text_options(options_));
    }
    hand_out();
}

void TraceStream::hand_out() {
    if (scratch_.empty() || unread_) return scratch_.clear();
    unread_ = !out_(scratch_);
    scratch_.clear();
    if (unread_) world_->request_stop("nobody reads the trace");
}

}  // namespace utsim
