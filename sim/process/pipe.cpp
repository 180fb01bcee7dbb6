// SPDX-License-Identifier: MIT
// Pipes. Reading sleeps while there is nothing and somebody could write, writing while there is no
// room; a writer without readers gets SIGPIPE.
#include "process/pipe.hpp"

#include <algorithm>

#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "process/path.hpp"
#include "process/process.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t pipe_buf = 4096;

Pipe& pipe_of(const OpenFile& file) { return *file.inode->pipe; }

void tell_others(Task* current, Pipe& pipe) {
    pipe.wait.wake_all();
    processes_of(current).pollers.wake_all();
}

std::int64_t read_pipe(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    Pipe& pipe = pipe_of(file);
    if (n == 0) return 0;
    const auto ready = [&] { return pipe.filled != 0 || pipe.writers == 0; };
    while (!ready()) {  // another reader may be faster than who was woken
        if ((file.flags & K_O_NONBLOCK) != 0) return -K_EAGAIN;
        const std::int64_t interrupted =
            wait_event(current, pipe.wait, no_deadline, "pipe_read", ready);
        if (interrupted != 0) return interrupted;
    }
    const std::int64_t done = copy_bytes(current, pipe, 0, to, n);
    if (done <= 0) return done;
    drop_bytes(pipe, static_cast<std::uint32_t>(done));
    tell_others(current, pipe);
    return done;
}

std::int64_t write_pipe(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    Pipe& pipe = pipe_of(file);
    std::uint64_t done = 0;
    // A short write goes in at once or not at all.
    const std::uint64_t at_least = n <= pipe_buf ? n : 1;
    const auto ready = [&] {
        return pipe.readers == 0 || Pipe::capacity - pipe.filled >= std::min(at_least, n - done);
    };
    while (done < n) {
        if (pipe.readers == 0) {
            return done != 0 ? static_cast<std::int64_t>(done) : send_sigpipe(current);
        }
        if (!ready()) {
            if ((file.flags & K_O_NONBLOCK) != 0) {
                return done != 0 ? static_cast<std::int64_t>(done) : -K_EAGAIN;
            }
            const std::int64_t interrupted =
                wait_event(current, pipe.wait, no_deadline, "pipe_write", ready);
            if (interrupted != 0) return done != 0 ? static_cast<std::int64_t>(done) : interrupted;
            continue;
        }
        const std::int64_t piece = put_bytes(current, pipe, from + done, n - done);
        if (piece < 0) return done != 0 ? static_cast<std::int64_t>(done) : piece;
        done += static_cast<std::uint64_t>(piece);
        tell_others(current, pipe);
    }
    return static_cast<std::int64_t>(done);
}

std::uint32_t poll_pipe(Task*, OpenFile& file) {
    const Pipe& pipe = pipe_of(file);
    std::uint32_t events = 0;
    if (file.readable()) {
        if (pipe.filled != 0) events |= K_POLLIN;
        if (pipe.writers == 0) events |= K_POLLHUP;
    }
    if (file.writable()) {
        if (Pipe::capacity - pipe.filled >= pipe_buf) events |= K_POLLOUT;
        if (pipe.readers == 0) events |= K_POLLERR;
    }
    return events;
}

void release_pipe(Task* current, OpenFile& file) {
    Pipe& pipe = pipe_of(file);
    if (file.readable()) --pipe.readers;
    if (file.writable()) --pipe.writers;
    tell_others(current, pipe);
    if (pipe.readers != 0 || pipe.writers != 0) return;
    file.inode->pipe = nullptr;
    free_blocks(current, pipe);
    processes_of(current).pipes.give_back(&pipe);
}

}  // namespace

std::int64_t put_bytes(Task* current, Pipe& pipe, std::uint64_t from, std::uint64_t n) {
    std::uint64_t done = 0;
    while (done < n && pipe.filled < Pipe::capacity) {
        const std::uint32_t at = (pipe.first + pipe.filled) % Pipe::capacity;
        const std::uint32_t offset = at % Pipe::block_size;
        const auto piece = static_cast<std::uint32_t>(std::min<std::uint64_t>(
            {n - done, Pipe::capacity - pipe.filled, Pipe::block_size - offset}));
        PipeBlock*& block = pipe.block[at / Pipe::block_size];
        if (block == nullptr) block = processes_of(current).blocks.take();
        const std::int64_t failed =
            block == nullptr ? -K_ENOMEM
                             : copy_from_user(current, block->bytes + offset, from + done, piece);
        if (failed != 0) return done != 0 ? static_cast<std::int64_t>(done) : failed;
        pipe.filled += piece;
        done += piece;
    }
    return static_cast<std::int64_t>(done);
}

std::int64_t copy_bytes(Task* current, const Pipe& pipe, std::uint64_t offset, std::uint64_t to,
                        std::uint64_t n) {
    std::uint64_t done = 0;
    const std::uint64_t there = pipe.filled - std::min<std::uint64_t>(offset, pipe.filled);
    n = std::min(n, there);
    while (done < n) {
        const std::uint64_t at = (pipe.first + offset + done) % Pipe::capacity;
        const std::uint64_t in_block = at % Pipe::block_size;
        const std::uint64_t piece = std::min(n - done, Pipe::block_size - in_block);
        const char* from = pipe.block[at / Pipe::block_size]->bytes + in_block;
        if (copy_to_user(current, to + done, from, piece) != 0) {
            return done != 0 ? static_cast<std::int64_t>(done) : -K_EFAULT;
        }
        done += piece;
    }
    return static_cast<std::int64_t>(done);
}

void drop_bytes(Pipe& pipe, std::uint32_t n) {
    pipe.first = (pipe.first + n) % Pipe::capacity;
    pipe.filled -= n;
}

void free_blocks(Task* current, Pipe& pipe) {
    for (PipeBlock*& block : pipe.block) {
        if (block != nullptr) processes_of(current).blocks.give_back(block);
        block = nullptr;
    }
}

std::int64_t send_sigpipe(Task* current) {
    SigInfo info;
    info.si_signo = K_SIGPIPE;
    info.si_pid = pid_vnr(current, current->tgid);
    send_signal_to(current, K_SIGPIPE, &info, false);
    return -K_EPIPE;
}

const FileOps pipe_ops = {read_pipe, write_pipe, poll_pipe, release_pipe, false};

std::int64_t make_pipe(Task* current, std::uint32_t flags, OpenFile** read_end,
                       OpenFile** write_end) {
    Kernel& kernel = kernel_of(current);
    ProcessModel& model = *kernel.processes;
    Pipe* pipe = model.pipes.take();
    if (pipe == nullptr) return -K_ENFILE;
    pipe->wait.init();
    Inode* inode = make_inode(kernel, nullptr, "pipe", InodeKind::pipe, 0600);
    if (inode == nullptr) {
        model.pipes.give_back(pipe);
        return -K_ENFILE;
    }
    inode->links = 0;
    inode->pipe = pipe;
    *read_end = make_open_file(kernel, inode, flags);
    *write_end = *read_end != nullptr ? make_open_file(kernel, inode, flags | K_O_WRONLY) : nullptr;
    if (*write_end == nullptr) {
        if (*read_end != nullptr) {
            model.open_files.give_back(*read_end);
            --inode->users;
        }
        model.pipes.give_back(pipe);
        free_inode(kernel, inode);
        return -K_ENFILE;
    }
    pipe->readers = 1;
    pipe->writers = 1;
    return 0;
}

}  // namespace utsim
