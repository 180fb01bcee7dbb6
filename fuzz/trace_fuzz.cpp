// SPDX-License-Identifier: MIT
// Any bytes as a trace: they are rejected with a place, or they read back as they are written.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "trace/fingerprint.hpp"
#include "trace/json_writer.hpp"
#include "trace/reader.hpp"
#include "trace/text_writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace utsim;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Result<Trace> trace = read_trace(text, "fuzz.jsonl");
    if (!trace.ok()) {
        UTSIM_CHECK(!trace.errors().empty() && !trace.errors()[0].message.empty(),
                    "a rejected trace without a reason");
        return 0;
    }
    const TraceEnd end = trace->end.value_or(TraceEnd{"", "", 0, trace->log.size(), "", ""});
    const std::string written = write_jsonl(trace->header, trace->log, trace->names, end);
    const Result<Trace> again = read_trace(written, "written.jsonl");
    UTSIM_CHECK(again.ok(), "what was written is rejected");
    UTSIM_CHECK(fingerprint_of(again->log, again->names).value() ==
                    fingerprint_of(trace->log, trace->names).value(),
                "writing and reading changed an event");
    TextOptions options;
    options.full = true;
    (void)write_text(trace->header, trace->log, trace->names, end, options);
    (void)write_columns(trace->log, trace->names, options);
    return 0;
}
