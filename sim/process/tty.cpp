// SPDX-License-Identifier: MIT
// The line discipline. What the master writes is typed: lines are edited until they are complete,
// and some characters are signals for the foreground group. What the slave writes the master reads.
#include "process/tty.hpp"

#include <utsim/errno.hpp>

#include <algorithm>
#include <cstring>

#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "process/path.hpp"
#include "process/process.hpp"

namespace utsim {

Tty& tty_of(const OpenFile& file) { return *file.inode->tty; }

namespace {

enum InputFlag : std::uint32_t { igncr = 0200, icrnl = 0400, inlcr = 0100 };
enum OutputFlag : std::uint32_t { opost = 1, onlcr = 4 };
enum LocalFlag : std::uint32_t {
    isig = 1,
    icanon = 2,
    echo = 8,
    echo_newline = 0100,
    no_flush = 0200,
    to_stop = 0400,
    echo_control = 01000,
};
enum Character : std::uint8_t { vintr, vquit, verase, vkill, veof, vtime, vmin, vsusp = 10 };

bool has(std::uint32_t flags, std::uint32_t flag) { return (flags & flag) != 0; }

// --- typing --------------------------------------------------------------------------------------

void put_output(Tty& tty, char byte) {
    const std::uint32_t flags = tty.termios.output;
    if (byte == '\n' && has(flags, opost) && has(flags, onlcr)) tty.output.put('\r');
    tty.output.put(byte);
}

void show(Tty& tty, char byte) {
    const std::uint32_t flags = tty.termios.local;
    const auto code = static_cast<unsigned char>(byte);
    if (!has(flags, echo)) {
        if (byte == '\n' && has(flags, icanon) && has(flags, echo_newline)) put_output(tty, byte);
        return;
    }
    if (has(flags, echo_control) && code < 32 && byte != '\n' && byte != '\t') {
        tty.output.put('^');
        tty.output.put(static_cast<char>(byte + 64));
    } else {
        put_output(tty, byte);
    }
}

/// True: it was a signal.
bool type_signal(Task* current, Tty& tty, char byte) {
    const std::uint8_t* c = tty.termios.characters;
    const auto code = static_cast<std::uint8_t>(byte);
    const int signal = code == 0          ? 0
                       : code == c[vintr] ? K_SIGINT
                       : code == c[vquit] ? K_SIGQUIT
                       : code == c[vsusp] ? K_SIGTSTP
                                          : 0;
    if (!has(tty.termios.local, isig) || signal == 0) return false;
    if (!has(tty.termios.local, no_flush)) {
        tty.input.size = 0;
        tty.whole = 0;
        tty.output.size = 0;
    }
    show(tty, byte);
    tty_signal_group(current, tty.foreground, signal);
    return true;
}

void rub_out(Tty& tty) {
    if (tty.input.size == tty.whole) return;
    --tty.input.size;
    if (!has(tty.termios.local, echo)) return;
    for (const char byte : {'\b', ' ', '\b'}) tty.output.put(byte);
}

/// True: it was about editing the line.
bool edit_line(Tty& tty, char byte) {
    const std::uint8_t* c = tty.termios.characters;
    const auto code = static_cast<std::uint8_t>(byte);
    if (code == 0) return false;
    if (code == c[verase]) {
        rub_out(tty);
    } else if (code == c[vkill]) {
        while (tty.input.size != tty.whole) rub_out(tty);
    } else if (code == c[veof]) {
        if (tty.input.size == tty.whole) tty.end_of_file = true;
        tty.whole = tty.input.size;
    } else {
        return false;
    }
    return true;
}

void type(Task* current, Tty& tty, char byte) {
    const std::uint32_t flags = tty.termios.input;
    if (byte == '\r') {
        if (has(flags, igncr)) return;
        if (has(flags, icrnl)) byte = '\n';
    } else if (byte == '\n' && has(flags, inlcr)) {
        byte = '\r';
    }
    if (type_signal(current, tty, byte)) return;
    const bool lines = has(tty.termios.local, icanon);
    if (lines && edit_line(tty, byte)) return;
    // The last place is for the end of the line.
    if (lines && byte != '\n' && tty.input.size + 1 >= TtyQueue::capacity) return;
    if (!tty.input.put(byte)) return;
    show(tty, byte);
    if (!lines || byte == '\n') tty.whole = tty.input.size;
}

// --- reading and writing -------------------------------------------------------------------------

/// Takes `n` bytes off the front for the caller.
std::int64_t take_bytes(Task* current, TtyQueue& queue, std::uint64_t to, std::uint32_t n) {
    if (copy_to_user(current, to, queue.bytes, n) != 0) return -K_EFAULT;
    queue.drop(n);
    return n;
}

std::int64_t read_master(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    Tty& tty = tty_of(file);
    const auto gone = [&] { return tty.was_open && tty.slaves == 0; };
    const auto ready = [&] { return tty.output.size != 0 || gone(); };
    if (!ready() && (file.flags & K_O_NONBLOCK) != 0) return -K_EAGAIN;
    const std::int64_t interrupted = wait_event(current, tty.wait, no_deadline, "tty_read", ready);
    if (interrupted != 0) return interrupted;
    if (tty.output.size == 0) return -K_EIO;
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(n, tty.output.size));
    const std::int64_t done = take_bytes(current, tty.output, to, size);
    tty_changed(current, tty);
    return done;
}

std::int64_t write_master(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    Tty& tty = tty_of(file);
    n = std::min(n, most_bytes_of_a_call);
    std::uint64_t done = 0;
    for (; done < n; ++done) {
        char byte = 0;
        if (copy_from_user(current, &byte, from + done, 1) != 0) {
            if (done == 0) return -K_EFAULT;
            break;
        }
        // Lines that nobody reads are kept, and the rest of a long one is lost.
        if (!has(tty.termios.local, icanon) && tty.input.size == TtyQueue::capacity) {
            if (done == 0) return -K_EAGAIN;
            break;
        }
        type(current, tty, byte);
    }
    tty_changed(current, tty);
    return static_cast<std::int64_t>(done);
}

/// Without lines: at least VMIN bytes, or, with VTIME, what has come when nothing more did for that
/// many tenths of a second. With no VMIN the time is that for the first byte.
std::int64_t read_raw(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    constexpr std::uint64_t tenth = 100;  // ticks
    Tty& tty = tty_of(file);
    World& world = world_of(current);
    const std::uint64_t least = tty.termios.characters[vmin];
    const std::uint64_t pause = tty.termios.characters[vtime] * tenth;
    const std::uint64_t enough = std::min<std::uint64_t>(n, std::max<std::uint64_t>(least, 1));
    const auto ready = [&] {
        return tty.input.size != 0 || tty.masters == 0 || tty_is_background(current, tty);
    };
    std::uint64_t end = least == 0 ? world.now() + pause : no_deadline;
    std::uint64_t done = 0;
    const auto result = [&](std::int64_t otherwise) {
        return done != 0 ? static_cast<std::int64_t>(done) : otherwise;
    };
    for (;;) {
        const std::int64_t stopped = tty_stop_background(current, tty, K_SIGTTIN);
        if (stopped != 0) return result(stopped);
        const auto size =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(n - done, tty.input.size));
        if (size != 0) {
            const std::int64_t taken = take_bytes(current, tty.input, to + done, size);
            if (taken < 0) return result(taken);
            tty.whole -= std::min(tty.whole, size);
            done += size;
            tty_changed(current, tty);
            if (least != 0 && pause != 0) end = world.now() + pause;
        }
        if (done >= enough || tty.masters == 0 || world.now() >= end) return result(0);
        if ((file.flags & K_O_NONBLOCK) != 0) return result(-K_EAGAIN);
        const std::int64_t failed = wait_event(current, tty.wait, end, "tty_read", ready);
        if (failed != 0 && failed != -K_ETIMEDOUT) return result(failed);
    }
}

std::int64_t read_slave(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    Tty& tty = tty_of(file);
    if (n == 0) return 0;
    const auto lines = [&] { return has(tty.termios.local, icanon); };
    const auto ready = [&] {
        return tty.masters == 0 || tty_is_background(current, tty) || tty.end_of_file ||
               tty.whole != 0 || !lines();
    };
    for (;;) {
        if (!lines() && !tty.end_of_file) return read_raw(current, file, to, n);
        const std::int64_t failed = tty_stop_background(current, tty, K_SIGTTIN);
        if (failed != 0) return failed;
        if (!ready() && (file.flags & K_O_NONBLOCK) != 0) return -K_EAGAIN;
        const std::int64_t interrupted =
            wait_event(current, tty.wait, no_deadline, "tty_read", ready);
        if (interrupted != 0) return interrupted;
        if (!tty_is_background(current, tty) && (lines() || tty.end_of_file)) break;
    }
    if (tty.masters == 0) return 0;
    std::uint64_t most = std::min<std::uint64_t>(n, tty.whole);
    if (most == 0) {
        tty.end_of_file = false;
        return 0;
    }
    // One line a call.
    const void* end = std::memchr(tty.input.bytes, '\n', static_cast<std::size_t>(most));
    if (end != nullptr) {
        most = static_cast<std::uint64_t>(static_cast<const char*>(end) - tty.input.bytes) + 1;
    }
    const std::int64_t done = take_bytes(current, tty.input, to, static_cast<std::uint32_t>(most));
    if (done > 0) tty.whole -= std::min(tty.whole, static_cast<std::uint32_t>(done));
    tty_changed(current, tty);
    return done;
}

std::int64_t write_slave(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    Tty& tty = tty_of(file);
    n = std::min(n, most_bytes_of_a_call);
    if (has(tty.termios.local, to_stop)) {
        const std::int64_t failed = tty_stop_background(current, tty, K_SIGTTOU);
        if (failed != 0) return failed;
    }
    constexpr std::uint32_t room = 2;  // a new line is two characters
    const auto ready = [&] {
        return tty.masters == 0 || tty.output.size + room <= TtyQueue::capacity;
    };
    std::uint64_t done = 0;
    for (; done < n; ++done) {
        if (!ready()) {
            tty_changed(current, tty);
            const bool waits = (file.flags & K_O_NONBLOCK) == 0;
            const std::int64_t failed =
                waits ? wait_event(current, tty.wait, no_deadline, "tty_write", ready) : -K_EAGAIN;
            if (failed != 0) return done != 0 ? static_cast<std::int64_t>(done) : failed;
        }
        if (tty.masters == 0) return done != 0 ? static_cast<std::int64_t>(done) : -K_EIO;
        char byte = 0;
        if (copy_from_user(current, &byte, from + done, 1) != 0) {
            if (done == 0) return -K_EFAULT;
            break;
        }
        put_output(tty, byte);
    }
    tty_changed(current, tty);
    return static_cast<std::int64_t>(done);
}

std::uint32_t poll_master(Task*, OpenFile& file) {
    const Tty& tty = tty_of(file);
    std::uint32_t events = K_POLLOUT;
    if (tty.output.size != 0) events |= K_POLLIN;
    if (tty.was_open && tty.slaves == 0) events |= K_POLLHUP;
    return events;
}

std::uint32_t poll_slave(Task*, OpenFile& file) {
    const Tty& tty = tty_of(file);
    std::uint32_t events = 0;
    const bool lines = has(tty.termios.local, icanon);
    const std::uint8_t* c = tty.termios.characters;
    const std::uint32_t there = lines ? tty.whole : tty.input.size;
    const std::uint32_t least = !lines && c[vtime] == 0 && c[vmin] != 0 ? c[vmin] : 1;
    if (there >= least || tty.end_of_file || tty.masters == 0) events |= K_POLLIN;
    if (tty.output.size + 2 <= TtyQueue::capacity) events |= K_POLLOUT;
    if (tty.masters == 0) events |= K_POLLHUP;
    return events;
}

}  // namespace

void TtyQueue::drop(std::uint32_t n) {
    std::memmove(bytes, bytes + n, size - n);
    size -= n;
}

const FileOps master_ops = {read_master, write_master, poll_master, release_tty_master, false};
const FileOps slave_ops = {read_slave, write_slave, poll_slave, release_tty_slave, false};

}  // namespace utsim
