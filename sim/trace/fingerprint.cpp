// SPDX-License-Identifier: MIT
// The canonical bytes of an event are its kind, actor, step, fields and text, each as eight bytes
// or with its length before it, so that no two different runs have the same bytes. Ids of static
// texts depend on the order of first use and are replaced by the texts.
#include "trace/fingerprint.hpp"

#include "trace/event_log.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim {

namespace {

void add_text(Digest& digest, std::string_view text) {
    digest.add(std::uint64_t{text.size()});
    digest.add(text);
}

}  // namespace

void Fingerprint::add(const Event& event, const NameTable& names) {
    const KindInfo& info = kind_info(event.kind);
    add_text(digest_, info.name);
    digest_.add(std::uint64_t{event.actor.value});
    digest_.add(event.step);
    for (std::size_t i = 0; i < field_count(event.kind); ++i) {
        if (info.field[i].format == Format::static_text) {
            add_text(digest_, names.static_text(static_cast<std::uint32_t>(event.value[i])));
        } else {
            digest_.add(static_cast<std::uint64_t>(event.value[i]));
        }
    }
    const bool absent = event.text.empty() && text_may_be_absent(info.kind);
    if (!info.text_name.empty() && !absent) add_text(digest_, event.text);
}

Fingerprint fingerprint_of(const EventLog& log, const NameTable& names) {
    Fingerprint fingerprint;
    for (std::uint64_t i = 0; i < log.size(); ++i) fingerprint.add(log.at(i), names);
    return fingerprint;
}

}  // namespace utsim
