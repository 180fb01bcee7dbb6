// SPDX-License-Identifier: MIT
// Random histories of mapping, writing, cloning, snapshots and restores, against a model that is
// nothing but std::map: after every step each byte, right and region must agree. The decoded code
// of pages is followed as well: whoever executes a page must never be given code of other bytes.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cpu/address_space.hpp"
#include "test/cpu/memory_world.hpp"

using namespace utsim::cpu;
using utsim::cpu::testing::MemoryWorld;

namespace {

// Around the end of a leaf, so that ranges cover more than one.
constexpr std::uint64_t window_pages = 24;
constexpr std::uint64_t window = 16 * PageLeaf::span - window_pages / 2 * page_size;
constexpr std::uint64_t limit = 60;

/// Stands for decoded instructions: a copy of the bytes they were decoded from.
struct Copy {
    std::uint8_t bytes[page_size];
    int* alive;
};

struct Step {
    std::uint8_t verb;
    std::uint8_t who;
    std::uint32_t where;
    std::uint16_t size;
    std::uint8_t value;
};

std::ostream& operator<<(std::ostream& os, const Step& step) {
    return os << "{" << int{step.verb} << "," << int{step.who} << "," << step.where << ","
              << step.size << "," << int{step.value} << "}";
}

struct ModelSpace {
    std::map<std::uint64_t, std::uint8_t> rights;              // by page
    std::map<std::uint64_t, std::vector<std::uint8_t>> bytes;  // pages that were written

    bool operator==(const ModelSpace&) const = default;
    bool allows(std::uint64_t address, std::uint8_t wanted) const {
        const auto found = rights.find(page_of(address));
        if (found == rights.end()) return false;
        return wanted == Protection::read ? found->second != 0 : (found->second & wanted) != 0;
    }
    std::uint8_t at(std::uint64_t address) const {
        const auto found = bytes.find(page_of(address));
        return found == bytes.end() ? 0 : found->second[address & page_mask];
    }
    void put(std::uint64_t address, std::uint8_t value) {
        auto& page = bytes[page_of(address)];
        page.resize(page_size);
        page[address & page_mask] = value;
    }
};

struct Pair {
    AddressSpace* space;
    ModelSpace model;
};

class Machine {
public:
    Machine() : world_(limit) {
        spaces_.push_back({&world_.create(), {}});
        map(spaces_[0], window, window_pages, Protection::all);
    }

    void run(const Step& step) {
        Pair& pair = spaces_[step.who % spaces_.size()];
        const std::uint64_t address = window + step.where % (window_pages * page_size);
        const std::uint64_t page = page_of(address);
        const std::uint64_t pages = 1 + step.size % 6;
        switch (step.verb % 16) {
            case 14:
            case 15:
            case 0:
                map(pair, page, pages, step.value % 8 | step.value / 8 % 8);
                break;
            case 1:
                unmap(pair, page, pages);
                break;
            case 2:
                protect(pair, page, pages, step.value % 8);
                break;
            case 3:
            case 4:
            case 5:
                write(pair, address, 1 + step.size % 9000, step.value);
                break;
            case 6:
                store(pair, address, step.value);
                break;
            case 7:
                write_force(pair, address, 1 + step.size % 9000, step.value);
                break;
            case 8:
                execute(pair, address);
                break;
            case 9:
                clone(pair);
                break;
            case 10:
                release(step.who % spaces_.size());
                break;
            case 11:
                take(step.value % 3);
                break;
            case 12:
                restore(step.value % 3);
                break;
            case 13:
                clear(pair);
                break;
        }
    }

    /// Every byte and right of every space.
    void compare() {
        std::uint64_t resident = 0;
        for (Pair& pair : spaces_) {
            compare_one(pair);
            RC_ASSERT(pair.space->resident() == pair.model.bytes.size());
            resident += pair.model.bytes.size();
        }
        RC_ASSERT(world_.pool.resident() == resident);
        RC_ASSERT(world_.pool.live_spaces() == spaces_.size());
        compare_remembered();
        world_.pool.free_dropped_code();
    }

    /// After this nothing may be left in the pool.
    void finish() {
        for (std::optional<Saved>& saved : saved_) saved.reset();
        world_.pool.drop_all();
        world_.pool.free_dropped_code();
        RC_ASSERT(world_.pool.host_pages() == 0u);
        RC_ASSERT(alive_ <= 1);  // the code of the page that reads as zeroes
    }

private:
    struct Saved {
        MemoryWorld::Snapshot snapshot;
        std::vector<Pair> spaces;
    };

    struct Remembered {
        AddressSpace* space = nullptr;
        std::uint64_t address = 0;
        const Copy* code = nullptr;
        std::uint64_t epoch = 0;
    };

    std::uint64_t resident() const {
        std::uint64_t sum = 0;
        for (const Pair& pair : spaces_) sum += pair.model.bytes.size();
        return sum;
    }

    void compare_one(Pair& pair) {
        std::map<std::uint64_t, std::uint8_t> rights;
        std::uint64_t last_end = 0;
        pair.space->for_each_region([&](const Region& region) {
            RC_ASSERT(region.begin >= last_end);
            last_end = region.end;
            for (std::uint64_t at = region.begin; at < region.end; at += page_size) {
                rights[at] = region.protection;
            }
        });
        RC_ASSERT(rights == pair.model.rights);
        for (const auto& [page, protection] : rights) {
            std::vector<std::uint8_t> bytes(page_size);
            MemoryFault fault;
            RC_ASSERT(pair.space->read_force(page, bytes.data(), page_size) == page_size);
            const auto found = pair.model.bytes.find(page);
            if (found == pair.model.bytes.end()) {
                RC_ASSERT(bytes == std::vector<std::uint8_t>(page_size));
            } else {
                RC_ASSERT(bytes == found->second);
            }
            std::uint64_t word = 0;
            const bool readable = pair.space->load(page + 24, word, fault);
            RC_ASSERT(readable == (protection != 0));
            if (readable) RC_ASSERT(std::memcmp(&word, &bytes[24], 8) == 0);
        }
    }

    /// Code that was looked up before still is what the page says, unless the epoch changed.
    void compare_remembered() {
        if (remembered_.epoch != world_.pool.code_epoch()) return;
        for (const Pair& pair : spaces_) {
            if (pair.space != remembered_.space) continue;
            RC_ASSERT(pair.model.allows(remembered_.address, Protection::exec));
            for (std::uint64_t i = 0; i < page_size; ++i) {
                const std::uint64_t at = page_of(remembered_.address) + i;
                RC_ASSERT(remembered_.code->bytes[i] == pair.model.at(at));
            }
        }
    }

    void map(Pair& pair, std::uint64_t page, std::uint64_t pages, std::uint8_t protection) {
        const std::int64_t got =
            pair.space->map(page, pages * page_size, protection, Placement::fixed);
        RC_ASSERT(got == static_cast<std::int64_t>(page));
        for (std::uint64_t i = 0; i < pages; ++i) {
            pair.model.rights[page + i * page_size] = protection;
            pair.model.bytes.erase(page + i * page_size);
        }
    }

    void unmap(Pair& pair, std::uint64_t page, std::uint64_t pages) {
        RC_ASSERT(pair.space->unmap(page, pages * page_size) == 0);
        for (std::uint64_t i = 0; i < pages; ++i) {
            pair.model.rights.erase(page + i * page_size);
            pair.model.bytes.erase(page + i * page_size);
        }
    }

    void protect(Pair& pair, std::uint64_t page, std::uint64_t pages, std::uint8_t protection) {
        std::int64_t expected = 0;
        for (std::uint64_t i = 0; i < pages && expected == 0; ++i) {
            const auto found = pair.model.rights.find(page + i * page_size);
            if (found == pair.model.rights.end()) {
                expected = map_error::no_memory;
            } else {
                found->second = protection;
            }
        }
        RC_ASSERT(pair.space->protect(page, pages * page_size, protection) == expected);
    }

    /// The first address of each page that `[address, address + size)` touches.
    static std::vector<std::uint64_t> touched(std::uint64_t address, std::uint64_t size) {
        std::vector<std::uint64_t> all{address};
        for (std::uint64_t at = page_of(address) + page_size; at < address + size;
             at += page_size) {
            all.push_back(at);
        }
        return all;
    }

    template <typename Write>
    void write_as(Pair& pair, std::uint64_t address, std::size_t size, std::uint8_t value,
                  Write&& write) {
        MemoryFault expected;
        bool good = true;
        for (const std::uint64_t at : touched(address, size)) {
            if (!pair.model.allows(at, Protection::write)) {
                const bool there = pair.model.rights.count(page_of(at)) != 0;
                expected = {at, there, Access::write,
                            there ? FaultKind::protection : FaultKind::unmapped};
                good = false;
                break;
            }
            const bool fresh = pair.model.bytes.count(page_of(at)) == 0;
            if (fresh && resident() == limit) {
                expected = {at, false, Access::write, FaultKind::out_of_memory};
                good = false;
                break;
            }
            // The page exists from here on, whatever becomes of the rest of the write.
            pair.model.put(at, pair.model.at(at));
        }
        MemoryFault fault;
        RC_ASSERT(write(fault) == good);
        if (good) {
            for (std::size_t i = 0; i < size; ++i) pair.model.put(address + i, value);
        } else {
            RC_ASSERT(fault.address == expected.address);
            RC_ASSERT(fault.kind == expected.kind);
            // As for a page that exists already, whatever the write did before it.
            const std::uint64_t bad = page_of(fault.address);
            const auto rights = pair.model.rights.find(bad);
            const bool forbids = expected.kind == FaultKind::protection;
            RC_ASSERT(fault.present == (forbids && rights->second != Protection::none &&
                                        pair.model.bytes.count(bad) != 0));
            RC_ASSERT(fault.access == expected.access);
        }
    }

    void write(Pair& pair, std::uint64_t address, std::size_t size, std::uint8_t value) {
        const std::vector<std::uint8_t> in(size, value);
        write_as(pair, address, size, value, [&](MemoryFault& fault) {
            return pair.space->write(address, in.data(), size, fault);
        });
    }

    void store(Pair& pair, std::uint64_t address, std::uint8_t value) {
        write_as(pair, address, 8, value, [&](MemoryFault& fault) {
            return pair.space->store<std::uint64_t>(address, value * 0x0101010101010101u, fault);
        });
    }

    void write_force(Pair& pair, std::uint64_t address, std::size_t size, std::uint8_t value) {
        const std::vector<std::uint8_t> in(size, value);
        std::size_t expected = 0;
        for (const std::uint64_t at : touched(address, size)) {
            if (pair.model.rights.count(page_of(at)) == 0) break;
            if (pair.model.bytes.count(page_of(at)) == 0 && resident() == limit) break;
            const std::uint64_t end = std::min(page_of(at) + page_size, address + size);
            for (std::uint64_t i = at; i < end; ++i) pair.model.put(i, value);
            expected = end - address;
        }
        RC_ASSERT(pair.space->write_force(address, in.data(), size) == expected);
    }

    void execute(Pair& pair, std::uint64_t address) {
        MemoryFault fault;
        Page* page = pair.space->code_page(address, fault);
        RC_ASSERT((page != nullptr) == pair.model.allows(address, Protection::exec));
        if (page == nullptr) return;
        if (page->code == nullptr) {
            Copy* copy = new Copy{{}, &alive_};
            std::memcpy(copy->bytes, page->bytes, page_size);
            page->code = reinterpret_cast<CodePage*>(copy);
            page->drop_code = [](CodePage* code) {
                --*reinterpret_cast<Copy*>(code)->alive;
                delete reinterpret_cast<Copy*>(code);
            };
            ++alive_;
        }
        const Copy* decoded = reinterpret_cast<const Copy*>(page->code);
        remembered_ = {pair.space, address, decoded, pair.space->code_epoch()};
        for (std::uint64_t at = page_of(address); at < page_of(address) + page_size; ++at) {
            RC_ASSERT(decoded->bytes[at & page_mask] == pair.model.at(at));
        }
    }

    void clone(Pair& pair) {
        if (spaces_.size() == 5) return;
        const bool fits = resident() + pair.model.bytes.size() <= limit;
        AddressSpace* child = pair.space->clone(world_.arena);
        RC_ASSERT((child != nullptr) == fits);
        if (child != nullptr) spaces_.push_back({child, pair.model});
    }

    void release(std::size_t i) {
        if (spaces_.size() == 1) return;
        spaces_[i].space->release();
        spaces_.erase(spaces_.begin() + static_cast<std::ptrdiff_t>(i));
    }

    void clear(Pair& pair) {
        pair.space->clear();
        pair.model = {};
    }

    void take(std::size_t i) {
        if (!saved_[i]) saved_[i].emplace();
        world_.take(saved_[i]->snapshot);
        saved_[i]->spaces = spaces_;
    }

    void restore(std::size_t i) {
        if (!saved_[i]) return;
        world_.restore(saved_[i]->snapshot);
        spaces_ = saved_[i]->spaces;
    }

    int alive_ = 0;
    MemoryWorld world_;
    std::vector<Pair> spaces_;
    Remembered remembered_;
    std::optional<Saved> saved_[3];
};

}  // namespace

namespace rc {

template <>
struct Arbitrary<Step> {
    static Gen<Step> arbitrary() {
        return gen::build<Step>(gen::set(&Step::verb), gen::set(&Step::who),
                                gen::set(&Step::where, gen::arbitrary<std::uint32_t>()),
                                gen::set(&Step::size, gen::arbitrary<std::uint16_t>()),
                                gen::set(&Step::value));
    }
};

}  // namespace rc

TEST_CASE("guest memory agrees with a std::map through clones and snapshots", "[address_space]") {
    utsim::testing::check_property(
        "cpu/address_space",
        [] {
            const auto steps = *rc::gen::resize(150, rc::gen::arbitrary<std::vector<Step>>());
            Machine machine;
            machine.compare();
            for (const Step& step : steps) {
                machine.run(step);
                machine.compare();
            }
            machine.finish();
        },
        600);
}
