// SPDX-License-Identifier: MIT
// docs/trace.md lists every kind of event with its fields; the list comes from the table.
#include "event/event.hpp"
#include "support/golden.hpp"
#include "support/testing.hpp"

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
