// SPDX-License-Identifier: MIT
// Every word reads back as its number, and every table names each number once.
#include "vocabulary/value.hpp"

#include <map>
#include <set>

#include "event/names.hpp"
#include "kernel/program.hpp"
#include "support/testing.hpp"
#include "vocabulary/words.hpp"

using namespace utsim;

namespace {

class NoLookup final : public NameLookup {
public:
    bool find_actor(std::string_view, std::int64_t&) override { return false; }
    bool find_task(std::string_view, std::int64_t&) override { return false; }
    bool find_engine(std::string_view, std::int64_t&) override { return false; }
    bool find_text(std::string_view, std::int64_t&) override { return false; }
};

class NoNames final : public NameTable {
public:
    std::string_view actor(ActorId) const override { return {}; }
    std::string_view task(TaskId) const override { return {}; }
    std::string_view engine(EngineId) const override { return {}; }
    std::string_view static_text(std::uint32_t) const override { return {}; }
};

std::string word(EventKind kind, std::size_t field, std::initializer_list<std::int64_t> values) {
    std::array<std::int64_t, max_fields> all{};
    std::copy(values.begin(), values.end(), all.begin());
    std::string out;
    const NoNames names;
    return append_symbol(out, {kind, field, all.data()}, all[field], names) ? out : "(number)";
}

}  // namespace

TEST_CASE("every table names each number and uses each name once", "[names]") {
    const Names tables[] = {resume_action_names(), signal_action_names(), syscall_action_names(),
                            event_names(),         attach_flag_names(),   api_call_names(),
                            callback_names(),      task_state_names(),    task_state_bits(),
                            exit_state_names(),    cld_names(),           step_switch_names(),
                            return_path_names(),   clone_flag_names(),    signal_names(),
                            result_names(),        disposition_names(),   syscall_names(),
                            register_names()};
    for (const Names table : tables) {
        std::set<std::string_view> names;
        std::set<std::int64_t> values;
        for (const NamedValue& entry : table) {
            CHECK(names.insert(entry.name).second);
            CHECK(values.insert(entry.value).second);
            CHECK(find_name(table, entry.name)->value == entry.value);
            CHECK(name_of(table, entry.value) == entry.name);
        }
    }
}

TEST_CASE("signals, errnos and system calls have the names of Linux", "[names]") {
    CHECK(std::string(signal_name(10)) == "SIGUSR1");
    CHECK(std::string(signal_name(34)) == "SIGRTMIN+2");
    CHECK(signal_name(0) == nullptr);
    CHECK(signal_name(65) == nullptr);
    CHECK(std::string(errno_name(115)) == "EINPROGRESS");
    CHECK(errno_name(0) == nullptr);
    CHECK(find_syscall(1)->name == "write");
    CHECK(find_syscall(56)->name == "clone");
    CHECK(find_syscall(231)->name == "exit_group");
    CHECK(find_syscall(234)->name == "tgkill");
    CHECK(find_syscall(302)->name == "prlimit64");
    CHECK(find_syscall("rt_sigreturn")->nr == 15);
    CHECK(find_syscall("nothing") == nullptr);
    CHECK(find_syscall(-1) == nullptr);
    CHECK(si_code_name(5, 2) == "TRAP_TRACE");
    CHECK(si_code_name(10, 0) == "SI_USER");
    CHECK(si_code_name(10, 77).empty());
}

TEST_CASE("words are spelt as the kernel spells them", "[value]") {
    using K = EventKind;
    // callback: task engine callback action event arg0...
    CHECK(word(K::callback, 3, {0, 0, 0, 5}) == "UTRACE_RESUME");
    CHECK(word(K::callback, 3, {0, 0, 1, 0x110}) ==
          "UTRACE_SIGNAL_IGN|UTRACE_SIGNAL_HOLD|UTRACE_STOP");
    CHECK(word(K::callback, 3, {0, 0, 5, 0x102}) ==
          "UTRACE_SYSCALL_RUN|UTRACE_SYSCALL_RESUMED|UTRACE_REPORT");
    CHECK(word(K::callback, 3, {0, 0, 0, 0x1007}) == "0x1007");
    CHECK(word(K::callback, 4, {0, 0, 0, 0, 1 << 6}) == "SYSCALL_ENTRY");
    CHECK(word(K::callback, 4, {0, 0, 0, 0, 0}) == "0");
    CHECK(word(K::callback, 5, {0, 0, 1, 0, 0, 5}) == "SIGTRAP");
    CHECK(word(K::callback, 5, {0, 0, 3, 0, 0, 5}) == "CLD_STOPPED");
    CHECK(word(K::callback, 5, {0, 0, 7, 0, 0, 0x500}) == "exit 5");
    CHECK(word(K::callback, 5, {0, 0, 9, 0, 0, 5}) == "(number)");
    CHECK(word(K::callback, 6, {0, 0, 1, 0, 0, 5, 2}) == "TRAP_TRACE");
    CHECK(word(K::callback, 6, {0, 0, 1, 0, 0, 11, 2}) == "SEGV_ACCERR");
    CHECK(word(K::callback, 6, {0, 0, 1, 0, 0, 0, 0}) == "(number)");
    CHECK(word(K::callback, 8, {0, 0, 1, 0, 0, 5, 2, 0, 2}) == "handler");
    CHECK(word(K::callback_end, 4, {0, 0, 1, 0, 10}) == "SIGUSR1");
    CHECK(word(K::api, 3, {3, 0, 0, 4}) == "UTRACE_BLOCKSTEP");
    CHECK(word(K::api, 3, {3, 0, 0, 8}) == "(number)");
    CHECK(word(K::api, 3, {9, 0, 0, 9}) == "SIGKILL");
    CHECK(word(K::api, 4, {2, 0, 0, 0, 0x1f41}) == "QUIESCE|SYSCALL_ENTRY|SIGNAL_ALL");
    CHECK(word(K::api, 4, {0, 0, 0, 0, 0x30}) == "UTRACE_ATTACH_CREATE|UTRACE_ATTACH_EXCLUSIVE");
    CHECK(word(K::api, 4, {4, 0, 0, 0, 0x30}) == "0x30");
    CHECK(word(K::api, 5, {0, 0, 0, 0, 0, -115}) == "-EINPROGRESS");
    CHECK(word(K::api, 6, {0, 0, 0, 0, 0, 0, 136}) == "TASK_TRACED");
    CHECK(word(K::api, 6, {0, 0, 0, 0, 0, 0, 129}) == "TASK_INTERRUPTIBLE|TASK_WAKEKILL");
    CHECK(word(K::new_task, 3, {0, 0, 0, 0x4111}) == "CLONE_VM|CLONE_VFORK|SIGCHLD");
    CHECK(word(K::new_task, 3, {0, 0, 0, 0}) == "0");
    CHECK(word(K::user, 2, {0, 0, program_base + 6}) == "main+3");
    CHECK(word(K::user, 2, {0, 0, handler_base(10)}) == "h10+0");
    CHECK(word(K::user, 2, {0, 0, program_base + 7}) == "0x100000010000007");
    CHECK(word(K::user, 2, {0, 0, 0x10000006}) == "0x10000006");  // real code can be there
    CHECK(word(K::user, 2, {0, 0, 0x401000}) == "0x401000");
}

TEST_CASE("how a task ended is told in words", "[value]") {
    const auto told = [](std::int64_t status) {
        std::string out;
        return append_wait_status(out, status) ? out : "(number)";
    };
    CHECK(told(0) == "exit 0");
    CHECK(told(0x300) == "exit 3");
    CHECK(told(15) == "SIGTERM");
    CHECK(told(0x80 | 11) == "SIGSEGV core");
    CHECK(told(0x1000f) == "(number)");
    CHECK(told(-1) == "(number)");
    CHECK(read_wait_status("exit 255") == 0xff00);
    CHECK(read_wait_status("SIGTERM core") == 0x8f);
    CHECK(!read_wait_status("exit 256"));
    CHECK(!read_wait_status("exit -1"));
    CHECK(!read_wait_status("SIGTRM"));
}

TEST_CASE("prefixes can be left out where people write", "[value]") {
    const auto read = [](const char* text, Format format) {
        return read_words(text, vocabulary_of(format), Spelling::prefixes_left_out);
    };
    CHECK(read("STOP", Format::word_signal)->value == UTRACE_STOP);
    CHECK(read("STOP", Format::word_signal)->mask == UTRACE_RESUME_MASK);
    CHECK(read("SIGNAL_STOP|REPORT", Format::word_signal)->value ==
          (UTRACE_SIGNAL_STOP | UTRACE_REPORT));
    CHECK(read("IGN|HOLD", Format::word_signal)->mask == (UTRACE_SIGNAL_MASK | UTRACE_SIGNAL_HOLD));
    CHECK(read("VM|CLONE_VFORK|SIGCHLD", Format::clone_flags)->value == 0x4111);
    CHECK(read("QUIESCE|0x100000", Format::event_mask)->value == 0x100001);
    CHECK(!read("QUIESC", Format::event_mask));
    CHECK(!read("IGN", Format::word));
    CHECK(!read_words("STOP", vocabulary_of(Format::word_signal), Spelling::full));
}

TEST_CASE("every word of every field reads back", "[value]") {
    testing::check_property("value-words-read-back", [] {
        const auto kind =
            static_cast<EventKind>(*rc::gen::inRange(0, static_cast<int>(EventKind::count_)));
        std::array<std::int64_t, max_fields> values{};
        for (std::int64_t& value : values) {
            value = *rc::gen::weightedOneOf<std::int64_t>(
                {{3, rc::gen::inRange<std::int64_t>(-600, 600)},
                 {2, rc::gen::arbitrary<std::int64_t>()},
                 {1, rc::gen::inRange<std::int64_t>(program_base - 0x100,
                                                    program_base + 0x15000000)}});
        }
        const NoNames names;
        NoLookup lookup;
        for (std::size_t field = 0; field < max_fields; ++field) {
            if (kind_info(kind).field[field].name.empty()) break;
            std::string text;
            const FieldContext context{kind, field, values.data()};
            if (!append_symbol(text, context, values[field], names)) {
                RC_ASSERT(text.empty());
                continue;
            }
            if (format_of(context) == Format::lock && text.find('.') != std::string::npos) continue;
            std::int64_t back = 0;
            RC_ASSERT(parse_symbol(text, context, lookup, back));
            RC_ASSERT(back == values[field]);
        }
    });
}
