// SPDX-License-Identifier: MIT
/// A contract whose memory is changed behind its back wherever it says that it does not matter.
///
/// What a contract remembers for a search that tells states apart (`Contract::remembers`) claims to
/// be all that its verdicts depend on. So after each event fields are given other values, at
/// random; where what it remembers is still the same, the change stays. If it then says something
/// else than a contract that is left alone, two states that the search takes for one can have
/// different futures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <utsim/sink_memory.hpp>

#include "contract/contract.hpp"
#include "contract/identity.hpp"

namespace utsim::testing {

class Forgetful final : public EventSink {
public:
    /// With a `focus` only the fields of that name are changed, and at every chance.
    Forgetful(const NameTable& names, const ContractChoice& choice, std::uint64_t seed,
              std::string focus = {})
        : contract_(names, choice),
          state_(seed * 2 + 1),
          focus_(std::move(focus)) {}

    void emit(const Event& event) override {
        contract_.emit(event);
        scramble(event.step);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}

    void restart() { contract_.restart(); }
    void finish(RunEnd end, std::uint64_t step) { contract_.finish(end, step); }
    const Contract& contract() const { return contract_; }
    /// How many changes made no difference to what it remembers.
    std::uint64_t changes() const { return changes_; }
    /// Names for a focus, of all that the memory now has.
    std::set<std::string> names_of_fields() const {
        std::vector<Field> list;
        Fields all{list};
        contract_.describe(all);
        std::set<std::string> names{"number.kept"};
        for (const Field& field : list) {
            names.insert(std::string(field.record) + "." + std::string(field.name));
        }
        return names;
    }

    /// What a contract has said, without the steps that its messages name as the cause.
    static std::string told(const Contract& contract) {
        std::string text;
        for (const Violation& v : contract.violations()) {
            text += v.rule + " " + std::to_string(v.step) + " " + v.by + ": " + v.message + "\n";
        }
        return text;
    }

private:
    enum class Form : std::uint8_t { truth, small, number, stamp, count, kept };
    struct Field {
        void* at;
        std::size_t size;
        Form form;
        std::string_view record;
        std::string_view name;

        bool is(std::string_view called) const {
            const std::size_t dot = called.find('.');
            return called.substr(0, dot) == record && called.substr(dot + 1) == name;
        }
    };

    /// Where everything lies. What links lists is left alone, as are lengths.
    struct Fields {
        std::vector<Field>& list;
        std::string_view in = {};
        bool in_numbers = false;

        void record(const char* name, std::uint32_t) {
            in_numbers = std::string_view(name) == "number";
            in = name;
        }
        template <typename T>
        void plain(const char* name, const T& field) {
            const std::string_view called = name;
            if (in_numbers || called == "next_engine" || called == "first_engine" ||
                called == "calls" || called == "steps") {
                return;
            }
            const Form form = std::is_same_v<T, bool> ? Form::truth
                              : std::is_enum_v<T>     ? Form::small
                                                      : Form::number;
            add(name, field, form);
        }
        void stamp(const char* name, const std::uint64_t& field) {
            if (!in_numbers) add(name, field, Form::stamp);
        }
        void count(const char* name, const std::uint64_t& field) {
            if (!in_numbers) add(name, field, Form::count);
        }
        template <typename T>
        void within(const char* name, const T& field) {
            const std::string_view outer = in;
            in = name;
            describe(*this, field);
            in = outer;
        }
        template <typename T>
        void add(const char* name, const T& field, Form form) {
            // The records are not constant; only who describes them sees them so.
            list.push_back({const_cast<T*>(&field), sizeof field, form, in, name});
        }
    };

    /// Where the steps and counts lie that monitors keep.
    struct Kept {
        std::vector<Field>& list;

        void record(const char*, std::uint32_t) {}
        template <typename T>
        void value(Fact, T, bool = true) {}
        void some(Fact, std::uint64_t, std::uint64_t) {}
        void moment(Fact, std::uint64_t, bool = true) {}
        void now(Fact, std::uint64_t) {}
        void before(Fact, std::uint64_t, std::uint64_t, bool = true) {}
        void since(Fact, std::uint64_t, std::uint64_t, bool) {}
        void same(Fact, std::uint64_t, std::uint64_t, bool = true) {}
        void ahead(Fact, std::uint64_t, std::uint64_t, std::uint64_t, bool) {}
        void rank(Fact, std::uint64_t) {}
        void number(Keeping, std::size_t, std::uint32_t) {}
        template <typename T>
        void kept_value(Fact, T) {}
        void kept_some(Fact, std::uint64_t, std::uint64_t) {}
        void kept_moment(Fact, const std::uint64_t& kept, bool) {
            list.push_back(
                {const_cast<std::uint64_t*>(&kept), sizeof kept, Form::kept, "number", "kept"});
        }
        void kept_order(Fact, const std::uint64_t&, std::uint64_t) {}
        void kept_orders(Fact, const std::uint64_t&, std::uint64_t) {}
    };

    static std::uint64_t read(const Field& field) {
        std::uint64_t value = 0;
        std::memcpy(&value, field.at, field.size);
        return value;
    }
    static void write(const Field& field, std::uint64_t value) {
        std::memcpy(field.at, &value, field.size);
    }

    std::uint64_t random() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    std::vector<std::uint64_t> remembered(std::uint64_t now) const {
        SinkMemory memory;
        memory.clear(now);
        contract_.remembers(memory);
        std::vector<std::uint64_t> words;
        memory.append_to(words);
        return words;
    }

    std::uint64_t another(const Field& field, std::uint64_t now) {
        switch (field.form) {
            case Form::truth:
                return read(field) ^ 1;
            case Form::small:
                return random() % callback_kinds;
            case Form::number: {
                const std::uint64_t some[] = {
                    0, 1, 2, ~std::uint64_t{0}, random(), read(field) + 1};
                return some[random() % std::size(some)];
            }
            case Form::kept:
                return 1 + random() % (now + 1);
            case Form::stamp: {
                if (random() % 6 == 0) return never;
                const Field& like = fields_[random() % fields_.size()];
                const std::uint64_t value = like.form == Form::stamp ? read(like) : never;
                const std::uint64_t near = value + random() % 3 - 1;
                return near <= now ? near : random() % (now + 1);
            }
            case Form::count: {
                const Field& like = fields_[random() % fields_.size()];
                const std::uint64_t value = like.form == Form::count ? read(like) : read(field);
                const std::uint64_t near = value + random() % 3 - 1;
                return near < now + 2 ? near : 0;
            }
        }
        return 0;
    }

    void scramble(std::uint64_t now) {
        fields_.clear();
        Fields all{fields_};
        contract_.describe(all);
        Kept kept{fields_};
        contract_.identify(kept);
        if (fields_.empty()) return;
        const std::vector<std::uint64_t> told = remembered(now);
        if (!focus_.empty()) {
            for (const Field& field : fields_) {
                if (!field.is(focus_)) continue;
                for (int i = 0; i < tries_with_focus; ++i) change(field, now, told);
            }
            return;
        }
        for (int i = 0; i < changes_an_event; ++i) {
            change(fields_[random() % fields_.size()], now, told);
        }
    }

    /// Gives it another value, unless that is told.
    void change(const Field& field, std::uint64_t now, const std::vector<std::uint64_t>& told) {
        const std::uint64_t was = read(field);
        write(field, another(field, now));
        if (read(field) == was) return;
        if (remembered(now) == told) {
            ++changes_;
        } else {
            write(field, was);
        }
    }

    static constexpr int tries_with_focus = 4;
    static constexpr int changes_an_event = 25;

    Contract contract_;
    std::uint64_t state_;
    std::string focus_;
    std::vector<Field> fields_;
    std::uint64_t changes_ = 0;
};

}  // namespace utsim::testing
