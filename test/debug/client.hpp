// SPDX-License-Identifier: MIT
/// A client of the remote protocol that says what a test wants it to.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "debug/server.hpp"
#include "two_programs.hpp"

namespace utsim::testing {

/// Says what it is told to say, then goes away.
class Client final : public debug::Wire {
public:
    explicit Client(std::string says, std::size_t at_once = 4096)
        : says_(std::move(says)),
          at_once_(at_once) {}
    bool send(std::string_view bytes) override {
        heard += bytes;
        return true;
    }
    std::ptrdiff_t receive(char* bytes, std::size_t n, bool wait) override {
        if (!wait) return 0;
        const std::size_t part = std::min({n, at_once_, says_.size() - said_});
        if (part == 0) return -1;
        std::copy_n(says_.data() + said_, part, bytes);
        said_ += part;
        return static_cast<std::ptrdiff_t>(part);
    }
    std::string heard;

private:
    std::string says_;
    std::size_t at_once_;
    std::size_t said_ = 0;
};

/// The answers to these payloads.
inline std::vector<std::string> talk(debug::Session& session,
                                     const std::vector<std::string>& payloads,
                                     debug::ServerEnd end = debug::ServerEnd::gone) {
    std::string says;
    for (const std::string& payload : payloads) says += "+" + debug::packet_of(payload);
    Client client(says, 7);
    const auto again = [](const std::string& order) { return "again with " + order; };
    debug::Server server(session, client, {again, nullptr, nullptr});
    CHECK(server.serve() == end);
    std::vector<std::string> answers;
    debug::PacketReader reader;
    std::string_view bytes = client.heard;
    while (!bytes.empty()) {
        if (reader.next(bytes) == debug::PacketReader::Item::packet)
            answers.push_back(reader.payload());
    }
    return answers;
}

}  // namespace utsim::testing
