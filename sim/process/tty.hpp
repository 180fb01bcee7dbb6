// SPDX-License-Identifier: MIT
/// Terminals that a program makes: a pair of /dev/ptmx and /dev/pts/N with a line discipline, and
/// what job control needs of them. What a run itself starts with is no terminal (device_files.cpp).
#pragma once

#include "process/inode.hpp"

namespace utsim {

struct ProcessGroup;

/// `struct termios` as TCGETS gives it.
struct Termios {
    std::uint32_t input = 02400;    ///< ICRNL, IXON
    std::uint32_t output = 05;      ///< OPOST, ONLCR
    std::uint32_t control = 0277;   ///< B38400, CS8, CREAD
    std::uint32_t local = 0105073;  ///< ISIG, ICANON, ECHO and kin, IEXTEN
    std::uint8_t line = 0;
    std::uint8_t characters[19] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22};
};
static_assert(sizeof(Termios) == 36);

template <typename V>
void describe(V& v, Termios& t) {
    v.field("input", t.input);
    v.field("output", t.output);
    v.field("control", t.control);
    v.field("local", t.local);
    v.field("line", t.line);
    v.field("characters", t.characters);
}

/// Bytes on their way; what does not fit waits, or is lost where a terminal loses it.
struct TtyQueue {
    static constexpr std::uint32_t capacity = 4096;
    char bytes[capacity] = {};
    std::uint32_t size = 0;

    bool put(char byte) {
        if (size == capacity) return false;
        bytes[size++] = byte;
        return true;
    }
    void drop(std::uint32_t n);
};

template <typename V>
void describe(V& v, TtyQueue& q) {
    v.field("bytes", q.bytes);
    v.field("size", q.size);
}

struct Tty {
    Termios termios;
    std::uint16_t window[4] = {};
    TtyQueue input;            ///< typed, for the slave's readers
    std::uint32_t whole = 0;   ///< of `input`: in lines that are complete
    bool end_of_file = false;  ///< VEOF on an empty line: one reader is told
    TtyQueue output;           ///< written and echoed, for the master's readers
    std::uint32_t masters = 0;
    std::uint32_t slaves = 0;
    std::uint32_t users = 0;  ///< open files, and sessions whose terminal it is
    bool was_open = false;    ///< the slave, at least once
    int session = 0;
    int foreground = 0;  ///< process group
    std::uint32_t index = 0;
    Inode* slave = nullptr;
    WaitQueue wait;
};

template <typename V>
void describe(V& v, Tty& t) {
    v.field("termios", t.termios);
    v.field("window", t.window);
    v.field("input", t.input);
    v.field("whole", t.whole);
    v.field("end_of_file", t.end_of_file);
    v.field("output", t.output);
    v.field("masters", t.masters);
    v.field("slaves", t.slaves);
    v.field("users", t.users);
    v.field("was_open", t.was_open);
    v.field("session", t.session);
    v.field("foreground", t.foreground);
    v.field("index", t.index);
    v.field("slave", t.slave);
    v.field("wait", t.wait);
}

extern const FileOps master_ops;
extern const FileOps slave_ops;

/// Of an open file of either side.
Tty& tty_of(const OpenFile& file);
/// /dev/ptmx was opened: makes the pair. 0, or a negated errno.
std::int64_t open_master(Task* current, OpenFile& file);
/// /dev/pts/N was opened.
std::int64_t open_slave(Task* current, OpenFile& file);
/// ioctl of either side; -ENOTTY for what terminals do not know.
std::int64_t tty_ioctl(Task* current, OpenFile& file, std::uint32_t request,
                       std::uint64_t argument);
/// The caller's session has no terminal from now on; its leader's end hangs up.
void leave_terminal(Task* current, bool hang_up);
/// A child's group has the same terminal.
void share_terminal(ProcessGroup& group);

// --- between the line discipline and the rest ----------------------------------------------------

/// ICANON of `Termios::local`: input comes in lines.
inline constexpr std::uint32_t tty_icanon = 2;

/// Who waits for it looks again.
void tty_changed(Task* current, Tty& tty);
void tty_signal_group(Task* current, int pgrp, int signal);
bool tty_is_background(const Task* current, const Tty& tty);
/// Somebody in the background uses it: his group is told by `signal`. 0: he may go on.
std::int64_t tty_stop_background(Task* current, const Tty& tty, int signal);
void release_tty_master(Task* current, OpenFile& file);
void release_tty_slave(Task* current, OpenFile& file);

}  // namespace utsim
