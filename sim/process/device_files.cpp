// SPDX-License-Identifier: MIT
// What reading and writing mean for each kind of file: regular ones, the small devices, the
// terminal that everybody writes to, and the input that the run was given.
#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "kernel/memory.hpp"
#include "process/pipe.hpp"
#include "process/proc.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

constexpr std::size_t piece_size = 4096;

/// Copies `n` bytes out of `fill(offset, buffer, size)` to the caller; as far as it goes.
template <typename Fill>
std::int64_t give(Task* current, std::uint64_t to, std::uint64_t n, Fill&& fill) {
    std::uint64_t done = 0;
    n = std::min(n, most_bytes_of_a_call);
    char buffer[piece_size];
    while (done < n) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(n - done, piece_size));
        const std::size_t got = fill(done, buffer, wanted);
        if (got == 0) break;
        if (copy_to_user(current, to + done, buffer, got) != 0) {
            return done != 0 ? static_cast<std::int64_t>(done) : -K_EFAULT;
        }
        done += got;
    }
    return static_cast<std::int64_t>(done);
}

/// The other way: copies bytes of the caller's to `use(buffer, size)`, which says how many it took,
/// or a negated errno.
template <typename Use>
std::int64_t take(Task* current, std::uint64_t from, std::uint64_t n, Use&& use) {
    std::uint64_t done = 0;
    n = std::min(n, most_bytes_of_a_call);
    char buffer[piece_size];
    while (done < n) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(n - done, piece_size));
        const bool there = copy_from_user(current, buffer, from + done, size) == 0;
        const std::int64_t taken = there ? use(buffer, size) : -K_EFAULT;
        if (taken < 0) return done != 0 ? static_cast<std::int64_t>(done) : taken;
        done += static_cast<std::uint64_t>(taken);
        if (static_cast<std::size_t>(taken) < size) break;
    }
    return static_cast<std::int64_t>(done);
}

std::int64_t read_regular(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    const std::int64_t done =
        give(current, to, n, [&](std::uint64_t offset, char* out, std::size_t size) {
            return read_body(*file.inode, file.position + offset, out, size);
        });
    if (done > 0) file.position += static_cast<std::uint64_t>(done);
    return done;
}

std::int64_t write_regular(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    if ((file.flags & K_O_APPEND) != 0) file.position = file.inode->size;
    return take(current, from, n, [&](const char* bytes, std::size_t size) {
        const std::int64_t written = write_body(current, *file.inode, file.position, bytes, size);
        if (written > 0) file.position += static_cast<std::uint64_t>(written);
        return written;
    });
}

std::uint32_t always_ready(Task*, OpenFile&) { return K_POLLIN | K_POLLOUT; }

std::int64_t read_nothing(Task*, OpenFile&, std::uint64_t, std::uint64_t) { return 0; }

std::int64_t write_nowhere(Task*, OpenFile&, std::uint64_t, std::uint64_t n) {
    return static_cast<std::int64_t>(std::min(n, most_bytes_of_a_call));
}

std::int64_t read_zeros(Task* current, OpenFile&, std::uint64_t to, std::uint64_t n) {
    return give(current, to, n, [](std::uint64_t, char* out, std::size_t size) {
        std::fill_n(out, size, '\0');
        return size;
    });
}

std::int64_t no_space(Task*, OpenFile&, std::uint64_t, std::uint64_t) { return -K_ENOSPC; }

std::int64_t read_random(Task* current, OpenFile&, std::uint64_t to, std::uint64_t n) {
    return give_random(current, to, n);
}

std::int64_t read_input(Task* current, OpenFile&, std::uint64_t to, std::uint64_t n) {
    ProcessModel& model = processes_of(current);
    const std::int64_t done =
        give(current, to, n, [&](std::uint64_t offset, char* out, std::size_t size) {
            const std::uint64_t at = model.input_position + offset;
            size = static_cast<std::size_t>(
                std::min<std::uint64_t>(size, model.input_size - std::min(at, model.input_size)));
            std::copy_n(model.input_bytes + at, size, out);
            return size;
        });
    if (done > 0) model.input_position += static_cast<std::uint64_t>(done);
    return done;
}

/// Nobody types: a reader of the terminal is at its end.
std::int64_t write_terminal(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    const std::uint64_t shown_as = file.position != 0 ? file.position : 1;
    return take(current, from, n, [&](const char* bytes, std::size_t size) {
        world_of(current).emit_text(EventKind::output, std::string_view(bytes, size),
                                    current->id.value, shown_as);
        return static_cast<std::int64_t>(size);
    });
}

std::int64_t read_text(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    const std::int64_t done =
        give(current, to, n, [&](std::uint64_t offset, char* out, std::size_t size) {
            const std::uint64_t at = file.position + offset;
            if (at >= file.text_size) return std::size_t{0};
            size = static_cast<std::size_t>(std::min<std::uint64_t>(size, file.text_size - at));
            std::copy_n(file.text->bytes + at, size, out);
            return size;
        });
    if (done > 0) file.position += static_cast<std::uint64_t>(done);
    return done;
}

/// /proc/PID/mem; other files of /proc are their text.
std::int64_t read_proc(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    if (file.task == nullptr) return read_text(current, file, to, n);
    const std::int64_t done =
        give(current, to, n, [&](std::uint64_t offset, char* out, std::size_t size) {
            const Mm* mm = file.task->mm;
            if (mm == nullptr || mm->space == nullptr) return std::size_t{0};
            return mm->space->read_force(file.position + offset, out, size);
        });
    const bool alive = file.task->mm != nullptr;
    if (done == 0 && n != 0 && alive) return -K_EIO;
    if (done > 0) file.position += static_cast<std::uint64_t>(done);
    return done;
}

std::int64_t write_proc(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    if (file.task == nullptr) return -K_EINVAL;
    const std::int64_t done = take(current, from, n, [&](const char* bytes, std::size_t size) {
        const Mm* mm = file.task->mm;
        if (mm == nullptr || mm->space == nullptr) return std::int64_t{0};
        const std::size_t written = mm->space->write_force(file.position, bytes, size);
        file.position += written;
        return static_cast<std::int64_t>(written);
    });
    const bool alive = file.task->mm != nullptr;
    return done == 0 && n != 0 && alive ? -K_EIO : done;
}

std::int64_t is_a_directory(Task*, OpenFile&, std::uint64_t, std::uint64_t) { return -K_EISDIR; }

constexpr FileOps regular_ops = {read_regular, write_regular, always_ready, nullptr, true};
constexpr FileOps directory_ops = {is_a_directory, is_a_directory, always_ready, nullptr, true};
constexpr FileOps null_ops = {read_nothing, write_nowhere, always_ready, nullptr, false};
constexpr FileOps zero_ops = {read_zeros, write_nowhere, always_ready, nullptr, false};
constexpr FileOps full_ops = {read_zeros, no_space, always_ready, nullptr, false};
constexpr FileOps random_ops = {read_random, write_nowhere, always_ready, nullptr, false};
constexpr FileOps terminal_ops = {read_nothing, write_terminal, always_ready, nullptr, false};
constexpr FileOps input_ops = {read_input, nullptr, always_ready, nullptr, false};
void release_proc(Task* current, OpenFile& file) {
    if (file.text != nullptr) processes_of(current).texts.give_back(file.text);
}

constexpr FileOps proc_ops = {read_proc, write_proc, always_ready, release_proc, true};

}  // namespace

const FileOps& ops_of(InodeKind kind) {
    switch (kind) {
        case InodeKind::directory:
            return directory_ops;
        case InodeKind::pipe:
            return pipe_ops;
        case InodeKind::socket:
            return socket_ops;
        case InodeKind::null:
            return null_ops;
        case InodeKind::zero:
            return zero_ops;
        case InodeKind::full:
            return full_ops;
        case InodeKind::random:
            return random_ops;
        case InodeKind::terminal:
            return terminal_ops;
        case InodeKind::input:
            return input_ops;
        case InodeKind::proc:
            return proc_ops;
        case InodeKind::master:
            return master_ops;
        case InodeKind::slave:
            return slave_ops;
        case InodeKind::regular:
        case InodeKind::symlink:
            break;
    }
    return regular_ops;
}

std::uint32_t mode_of(InodeKind kind) {
    constexpr std::uint32_t fifo = 0010000;
    constexpr std::uint32_t character = 0020000;
    constexpr std::uint32_t directory = 0040000;
    constexpr std::uint32_t regular = 0100000;
    constexpr std::uint32_t symlink = 0120000;
    constexpr std::uint32_t socket = 0140000;
    switch (kind) {
        case InodeKind::directory:
            return directory;
        case InodeKind::symlink:
            return symlink;
        case InodeKind::socket:
            return socket;
        case InodeKind::pipe:
        case InodeKind::input:
            return fifo;
        case InodeKind::null:
        case InodeKind::zero:
        case InodeKind::full:
        case InodeKind::random:
        case InodeKind::terminal:
        case InodeKind::master:
        case InodeKind::slave:
            return character;
        case InodeKind::regular:
        case InodeKind::proc:
            break;
    }
    return regular;
}

}  // namespace utsim
