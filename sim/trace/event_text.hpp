// SPDX-License-Identifier: MIT
/// One event in the words of the text form; what `text_writer` puts on lines.
#pragma once

#include <map>
#include <string>

#include "event/event.hpp"
#include "trace/names.hpp"

namespace utsim {

/// How a line of the text form is coloured; each has words of its own as well.
enum class Ink : std::uint8_t { plain, faint, callback, call, stop, alarm };

/// A call is told by two events; everything else by one.
enum class CallEdge : std::uint8_t { none, opens, closes };

struct EventText {
    CallEdge edge = CallEdge::none;
    Ink ink = Ink::plain;
    std::string name;    ///< of a call: `report_signal`, for `<... report_signal resumed>`
    std::string text;    ///< the line, without the `)` and the result of a call
    std::string result;  ///< of a call that ends
    std::string rest;    ///< and its arguments that are known only then, behind those in `text`
};

EventText event_text(const Event& event, const TraceNames& names);

/// Lets a system call end under the name it began with, whatever became of its number meanwhile.
class SyscallNames {
public:
    void follow(const Event& event, EventText& text);

private:
    std::map<std::uint32_t, std::string> open_;  ///< by actor
};

/// `#2 debugger`: engines are numbered from 1 in the order of their attachment.
std::string engine_text(EngineId id, const NameTable& names);

/// True for events that only say again what other events say, or what nobody asked to see: they
/// are in JSON Lines, and in the text form only with `full`.
bool is_detail(const Event& event);

}  // namespace utsim
