// SPDX-License-Identifier: MIT
// docs/trace.md lists every kind of event with its fields, and the words for their values; both
// come from the tables.
#include <set>

#include "event/event.hpp"
#include "support/golden.hpp"
#include "support/testing.hpp"
#include "vocabulary/words.hpp"

using namespace utsim;

TEST_CASE("docs/trace.md knows every event", "[docs]") {
    std::string out = "\n| kind | fields |\n|---|---|\n";
    for (const KindInfo& info : event_table()) {
        std::string fields;
        for (const FieldInfo& field : info.field) {
            if (field.name.empty()) break;
            fields += (fields.empty() ? "`" : ", `") + std::string(field.name) + "`";
        }
        if (!info.text_name.empty()) {
            fields += (fields.empty() ? "`" : ", `") + std::string(info.text_name) + "`";
        }
        out += "| `" + std::string(info.name) + "` | " + fields + " |\n";
    }
    testing::check_golden_section("docs/trace.md", "events", out + "\n");
}

TEST_CASE("docs/trace.md knows the words", "[docs]") {
    constexpr std::size_t shown = 16;
    std::string out = "\n| what | words |\n|---|---|\n";
    std::set<std::string_view> told;
    for (int i = 0; i < static_cast<int>(Format::count_); ++i) {
        const Vocabulary& vocabulary = vocabulary_of(static_cast<Format>(i));
        if (vocabulary.lists.empty() || !told.insert(vocabulary.what).second) continue;
        std::string words;
        std::set<std::string_view> once;
        for (const WordList& list : vocabulary.lists) {
            for (const NamedValue& entry : list.names) {
                if (once.insert(entry.name).second && once.size() <= shown)
                    words += "`" + std::string(entry.name) + "` ";
            }
        }
        if (once.size() > shown) {
            words += "and " + std::to_string(once.size() - shown) + " more ";
        }
        out += "| " + std::string(vocabulary.what) + " | " + words + "|\n";
    }
    testing::check_golden_section("docs/trace.md", "words", out + "\n");
}
