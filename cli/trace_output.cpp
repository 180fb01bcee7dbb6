// SPDX-License-Identifier: MIT
// Lines are collected into large pieces; the file has its name when it is complete.
#include "cli/trace_output.hpp"

#include "cli/memory.hpp"
#include "scenario/diagnostic.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t piece = 64 * 1024;

}  // namespace

TraceOutputFile::TraceOutputFile(const std::string& path, TraceForm form, Narrowing narrowing,
                                 Console& console)
    : console_(console) {
    TraceTextOptions options;
    options.color = console.color() && path == "-";
    if (form == TraceForm::text) {
        // A line of text can be about two steps; its writer knows which of them counts.
        options.from = narrowing.from();
        options.until = narrowing.until();
        narrowing.steps(0, ~std::uint64_t{0});
    }
    if (path != "-") {
        Result<OutputFile> opened = OutputFile::open(path, &trace_file);
        if (opened.ok()) {
            file_.emplace(std::move(*opened));
        } else {
            errors_ = opened.errors();
            form = TraceForm::nothing;
        }
    }
    stream_.emplace(form, options, [this](std::string_view lines) { return take(lines); });
    stream_->narrow(std::move(narrowing));
}

bool TraceOutputFile::take(std::string_view lines) {
    if (!file_) {
        console_.out(lines);
        return console_.writable();
    }
    pending_ += lines;
    // What cannot be written is told at the end: the run itself matters more.
    if (pending_.size() >= piece) {
        file_->write(pending_);
        pending_.clear();
    }
    return true;
}

void TraceOutputFile::keep_when_out_of_memory() {
    kept_ = true;
    at_out_of_memory([](void* self) { static_cast<TraceOutputFile*>(self)->save(); }, this);
}

/// In the middle of anything; `pending_` has whole lines only.
void TraceOutputFile::save() {
    if (!file_) return (void)console_.flush();
    file_->write(pending_);
    const Result<Done> done = file_->finish();
    if (done.ok()) return;
    // With --json the one document has been printed.
    for (const Error& error : done.errors()) console_.err(format_error(error, false));
}

TraceOutputFile::~TraceOutputFile() {
    if (kept_) at_out_of_memory(nullptr, nullptr);
}

std::vector<Error> TraceOutputFile::finish() {
    if (kept_) at_out_of_memory(nullptr, nullptr);
    kept_ = false;
    if (!file_) return std::move(errors_);
    file_->write(pending_);
    const Result<Done> done = file_->finish();
    return done.ok() ? std::vector<Error>{} : done.errors();
}

}  // namespace utsim::cli
