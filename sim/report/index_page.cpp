// SPDX-License-Identifier: MIT
// The index is markup that is written here. What comes from runs is put in as text by one function,
// and nothing else is put in.
#include "report/index_page.hpp"

#include <set>

#include "base/visible.hpp"
#include "base/words.hpp"
#include "report/frame.hpp"
#include "report/page.hpp"
#include "report/page_files.hpp"
#include "vocabulary/markup_text.hpp"

namespace utsim {

namespace {

/// Messages may have bytes of guests in them.
std::string shown(const std::string& text) { return markup_text(visible(text)); }

/// `<TAG>text</TAG>`; of `tag` the first word is the tag, and the rest its attributes.
std::string element(std::string_view tag, const std::string& text) {
    const std::string_view name = tag.substr(0, tag.find(' '));
    return "<" + std::string(tag) + ">" + shown(text) + "</" + std::string(name) + ">";
}

/// A file's name as a link has it.
std::string address(const std::string& name) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += std::string{'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return out;
}

std::string article_of(const IndexEntry& entry, const std::string& promise) {
    std::string out = "<li>\n";
    const std::string title = entry.page.empty()
                                  ? shown(entry.title)
                                  : element("a href=\"" + address(entry.page) + "\"", entry.title);
    out += "<h2>" + title + "</h2>\n";
    out += element("p class=\"alarm\"", entry.message) + "\n";
    if (!promise.empty()) {
        out += "<p>" + element("a href=\"#" + address(entry.clause) + "\"", entry.clause) + ": " +
               shown(promise) + "</p>\n";
    }
    if (!entry.story.empty()) {
        out += "<ul>\n";
        for (const std::string& sentence : entry.story) out += element("li", sentence) + "\n";
        out += "</ul>\n";
    }
    std::string facts;
    if (!entry.functions.empty()) facts = "in " + joined(entry.functions, ", ");
    if (entry.steps != 0) {
        facts += (facts.empty() ? "" : ", ") + std::to_string(entry.steps) +
                 (entry.steps == 1 ? " step" : " steps");
    }
    if (!facts.empty()) out += element("p class=\"quiet\"", facts) + "\n";
    if (!entry.command.empty()) out += element("pre class=\"whole\"", entry.command) + "\n";
    return out + "</li>\n";
}

}  // namespace

std::string index_of(const IndexText& text) {
    std::set<std::string> clauses(text.clauses.begin(), text.clauses.end());
    std::string body;
    if (!text.entries.empty()) body += "<ol>\n";
    for (const IndexEntry& entry : text.entries) {
        if (!entry.clause.empty()) clauses.insert(entry.clause);
        body += article_of(entry, promise_of(entry.clause));
    }
    if (!text.entries.empty()) body += "</ol>\n";
    std::string promises;
    for (const std::string& id : clauses) {
        const std::string promise = promise_of(id);
        if (promise.empty()) continue;
        promises += element("dt id=\"" + shown(id) + "\"", id) + element("dd", promise) + "\n";
    }
    if (!promises.empty()) {
        body += "<h2 id=\"promises\">The promises</h2>\n<dl>\n" + promises + "</dl>\n";
    }
    const std::string title = shown(text.title);
    return filled_frame(page_index(), {{"HEAD", page_head(title, PageScript::none)},
                                       {"TITLE", title},
                                       {"VERDICT", shown(text.verdict)},
                                       {"BODY", body}});
}

}  // namespace utsim
