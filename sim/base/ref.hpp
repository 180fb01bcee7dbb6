// SPDX-License-Identifier: MIT
/// `Ref<T>`: shared ownership of a `T` that counts its own references.
///
/// For many small records of one World, which a single thread works on: no atomic operations and no
/// control block. `T` derives from `RefCounted<T>`.
#pragma once

#include <cstdint>
#include <utility>

namespace utsim {

template <typename T>
class RefCounted {
public:
    RefCounted() = default;
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

    void add_ref() { ++references_; }
    void drop_ref() {
        if (--references_ == 0) delete static_cast<T*>(this);
    }
    bool shared() const { return references_ > 1; }

private:
    std::uint32_t references_ = 0;
};

template <typename T>
class Ref {
public:
    Ref() = default;
    explicit Ref(T* object) : object_(object) {
        if (object_ != nullptr) object_->add_ref();
    }
    Ref(const Ref& other) : Ref(other.object_) {}
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    ~Ref() {
        if (object_ != nullptr) object_->drop_ref();
    }
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }

    T* get() const { return object_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }
    explicit operator bool() const { return object_ != nullptr; }
    friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

private:
    T* object_ = nullptr;
};

}  // namespace utsim
