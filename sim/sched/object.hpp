// SPDX-License-Identifier: MIT
/// `Counted`: the header of objects with a reference count, which notices whoever comes too late.
///
/// An object whose last reference is gone is filled with 0x6b and its memory is never used again in
/// the same run, so that every later use is seen and ends the run as a bug of the modelled kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace utsim {

class Counted {
public:
    static constexpr unsigned char poison_byte = 0x6b;

    /// A new object with `references` references.
    void init(std::uint32_t references = 1);
    void get(const char* function);
    /// True when that was the last reference: the caller winds the object up and calls `poison`.
    [[nodiscard]] bool put(const char* function);
    /// Fills `object` with the poison byte; only this header keeps a meaning.
    template <typename T>
    void poison(T* object) {
        poison_bytes(object, sizeof(T));
    }

    /// Ends the run as a bug when the object has been freed (or never was made).
    void check_alive(const char* function) const {
        if (magic_ != alive_magic && magic_ != dying_magic) [[unlikely]]
            report(function);
    }
    bool freed() const { return magic_ == freed_magic; }
    std::uint32_t references() const { return references_; }

private:
    template <typename V>
    friend void describe(V& v, Counted& object) {
        v.field("magic", object.magic_);
        v.field("references", object.references_);
    }

    static constexpr std::uint32_t alive_magic = 0x0b1ec7ed;
    static constexpr std::uint32_t dying_magic = 0x0dd1e5ed;  ///< no references, not yet poisoned
    static constexpr std::uint32_t freed_magic = 0xdeadc0de;

    void poison_bytes(void* object, std::size_t size);
    [[noreturn]] void report(const char* function) const;

    std::uint32_t magic_ = 0;
    std::uint32_t references_ = 0;
};

}  // namespace utsim
