// SPDX-License-Identifier: MIT
// Any bytes as a debugger: they are answered or they end the session, and the run can be gone
// through afterwards as before.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <utsim/scenario.hpp>

#include "base/check.hpp"
#include "debug/server.hpp"

namespace {

using namespace utsim;
using namespace utsim::debug;

class Bytes final : public Wire {
public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}
    bool send(std::string_view) override { return true; }
    std::ptrdiff_t receive(char* to, std::size_t n, bool wait) override {
        if (!wait) return 0;
        const std::size_t part = std::min(n, rest_.size());
        if (part == 0) return -1;
        std::memcpy(to, rest_.data(), part);
        rest_.remove_prefix(part);
        return static_cast<std::ptrdiff_t>(part);
    }

private:
    std::string_view rest_;
};

/// A program of ten bytes.
class OneFile final : public HostFiles {
public:
    std::string find(const std::string&) const override { return "/p"; }
    std::optional<std::uint64_t> size(const std::string& path) const override {
        return path == "/p" ? std::optional<std::uint64_t>(10) : std::nullopt;
    }
    std::string read(const std::string&, std::uint64_t offset, std::size_t n) const override {
        return std::string("0123456789").substr(std::min<std::uint64_t>(offset, 10), n);
    }
};

constexpr const char* text = R"({"format": "utsim.scenario/1", "limits": {"steps": 2000},
    "tasks": [{"name": "left", "asm": ["mov ecx, 9", "again:", "push rcx", "dec ecx", "jnz again",
               "mov eax, 57", "syscall", "mov eax, 60", "syscall"]},
              {"name": "right", "program": [{"op": "compute", "count": 9}]}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scenario scenario = *load_scenario_text(text, "fuzz.json");
    // Checksums are in nobody's way: each line is a packet, and all of it bare bytes, too.
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string packets;
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        packets += packet_of(line);
    }
    Session session(Travel::create(scenario, {}).value());
    const OneFile file;
    ServerOptions options;
    options.files = &file;
    for (const std::string_view says : {std::string_view(packets), bytes}) {
        Bytes wire(says);
        (void)Server(session, wire, options).serve();
    }
    session.go_to(0);
    UTSIM_CHECK(session.step() == 0, "the beginning is lost");
    session.go({});
    return 0;
}
