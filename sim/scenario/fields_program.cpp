// SPDX-License-Identifier: MIT
// What tasks are made of: abstract operations, real code, handlers.
#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

/// Adds one operation to the tagged type of all of them.
struct Operations {
    FieldTable& table;
    Type& all;

    void add(std::string op, std::string about, std::vector<Field> fields = {}) {
        Type& type = table.add_object("op:" + op, std::move(about));
        for (Field& field : fields) type.fields.push_back(std::move(field));
        all.parts.push_back(&type);
        all.tag_values.push_back(std::move(op));
    }
};

void add_plain_operations(Operations& ops) {
    FieldTable& t = ops.table;
    const Type* times = t.add_integer(1, 100'000);
    ops.add("compute", "Instructions that do nothing.", {{"count", times, "How many.", "1"}});
    ops.add("branch", "Taken branches, each to the operation behind it.",
            {{"count", times, "How many.", "1"}});
    ops.add("fault", "Touches memory that is not there: SIGSEGV.");
    ops.add("trap", "A breakpoint instruction: SIGTRAP.");
    ops.add("exit", "Ends the thread.", {{"code", t.add_integer(0, 255), "Exit code.", "0"}});
    ops.add("exit_group", "Ends the process.",
            {{"code", t.add_integer(0, 255), "Exit code.", "0"}});
}

void add_call_operations(Operations& ops) {
    FieldTable& t = ops.table;
    ops.add(
        "syscall",
        "A system call. With `ret` it only returns that, without `ret` the kernel model runs it.",
        {{"nr", t.syscall, "Its name or number.", "", true},
         {"args", t.add_list(t.number, 0, 6), "Its arguments.", "all 0"},
         {"ret", t.result, "What it returns.", "what the kernel model makes of it"}});
    ops.add("pause", "Sleeps until a signal comes.");
    ops.add("read", "Sleeps interruptibly until `wake`; is restarted when a signal interrupts it.",
            {{"ret", t.integer, "What it returns when it was woken.", "0"}});
    ops.add("usleep", "Sleeps until `wake`, and no signal interrupts it.");
    ops.add("clone", "Makes a task.",
            {{"child", t.name, "The entry of `children` that it becomes.", "", true},
             {"flags", t.clone_flags, "THREAD, VFORK, VM, UNTRACED, ...", "none: a fork"},
             {"exit_signal", t.signal, "What the parent gets when it dies.", "SIGCHLD"}});
    ops.add("exec", "Replaces the program.",
            {{"becomes", t.name, "The entry of `children` whose program goes on.",
              "the same program, behind the call"}});
    ops.add("kill", "Sends a signal to a process.",
            {{"signal", t.signal, "Which.", "", true},
             {"task", t.name, "A task of the process.", "the task itself"}});
    ops.add("tkill", "Sends a signal to a thread.",
            {{"signal", t.signal, "Which.", "", true},
             {"task", t.name, "The thread.", "the task itself"}});
}

void add_exec(FieldTable& t, Type& task) {
    Type& exec = t.add_object("exec", "A program, and what it finds when it starts.");
    Type& files = t.add(Shape::map);
    files.key = t.text;
    files.element = t.text;
    exec.fields.push_back({"path", t.text,
                           "The program on the machine that runs the simulation; it starts at the "
                           "scenario's folder.",
                           "", true});
    exec.fields.push_back(
        {"as", t.text, "Where the program lies in the simulated tree.", "/bin/ and its name"});
    exec.fields.push_back({"cwd", t.text, "The working folder.", "/"});
    exec.fields.push_back({"stdin", t.text, "All of standard input.", "empty"});
    exec.fields.push_back({"root", t.text,
                           "A folder whose contents are the simulated tree; what programs write "
                           "stays in memory.",
                           "an empty one"});
    exec.fields.push_back({"files", &files, "Further files, by absolute path.", "none"});
    exec.fields.push_back(
        {"uid", t.add_integer(0, 0x7ffffffe), "User and group id.", "0: privileged"});
    task.fields.push_back({"exec", &exec,
                           "A static ELF64 file as a process: with descriptors, files, a "
                           "terminal, and system calls like those of Linux.",
                           "", false, true});
}

const Type* handler_flags(FieldTable& t) {
    return t.add_list(t.add_words("handler flag",
                                  {"ONESHOT", "RESTART", "NODEFER", "NOCLDSTOP", "NOCLDWAIT",
                                   "ONSTACK", "SIGINFO"},
                                  "SA_"),
                      0, 8);
}

void add_signal_operations(Operations& ops) {
    FieldTable& t = ops.table;
    ops.add("sigaction", "Changes what a signal does.",
            {{"signal", t.signal, "Which.", "", true},
             {"to", t.add_words("disposition", {"DFL", "IGN", "HANDLER"}, "SIG_"),
              "HANDLER is the task's entry in `handlers`.", "", true},
             {"flags", handler_flags(t), "Flags of the handler.", "none"}});
    ops.add("sigprocmask", "Changes which signals are blocked.",
            {{"how", t.add_words("how", {"BLOCK", "UNBLOCK", "SETMASK"}, "SIG_"), "As it says.", "",
              true},
             {"set", t.signals, "The signals.", "", true}});
}

}  // namespace

void add_program_types(FieldTable& t) {
    Type& op = t.add(Shape::tagged, "op");
    op.about = "One operation of an abstract program.";
    op.tag = "op";
    t.program = t.add_list(&op, 0, 10'000);
    Operations ops{t, op};
    add_plain_operations(ops);
    ops.add("loop", "Runs a program again and again; each turn ends in a taken branch.",
            {{"times", t.add_integer(0, 1'000'000), "How often; 0 is without end.", "", true},
             {"program", t.program, "What to run.", "", true}});
    add_call_operations(ops);
    add_signal_operations(ops);
}

void add_task_types(FieldTable& t) {
    Type& handler = t.add_object("handler", "What a task does with a signal that it catches.");
    handler.alternatives = Alternatives::at_most_one;
    handler.fields.push_back({"program", t.program, "Abstract operations; the end returns.",
                              "nothing to do", false, true});
    handler.fields.push_back(
        {"label", t.address, "For real code: where the handler begins.", "", false, true});
    handler.fields.push_back(
        {"flags", handler_flags(t), "Flags of the handler, as in sigaction(2).", "none"});
    handler.fields.push_back({"mask", t.signals, "Signals blocked meanwhile.", "none"});
    const Type* signal_key = t.add_words("signal", words_of(signal_names()));
    const Type* handlers = t.add_map(signal_key, &handler);
    Type& bytes = t.add(Shape::text);
    bytes.form = "pairs of hexadecimal digits, perhaps with spaces between";
    bytes.max = 2'000'000;
    bytes.pattern = "^ *([0-9a-fA-F]{2} *)*$";
    bytes.accepts = [](std::string_view text) {
        std::size_t digits = 0;
        for (const char c : text) {
            if (c == ' ' ? digits % 2 != 0 : !is_hex_number(std::string("0x") + c)) return false;
            digits += c == ' ' ? 0 : 1;
        }
        return digits % 2 == 0;
    };
    const Type* lines = t.add_list(t.text, 0, 20'000);
    Type& registers = t.add(Shape::map);
    registers.key = t.add_words("register", words_of(register_names()));
    registers.element = t.number;

    Type& task = t.add_object("task", "A process of one thread that is there from the start.");
    Type& child = t.add_object("child", "A program that becomes a task when a clone makes it.");
    const auto both = [&](const Field& field) {
        task.fields.push_back(field);
        child.fields.push_back(field);
    };
    both({"name", t.name, "What everything else calls it.", "", true});
    task.fields.push_back(
        {"pid", t.add_integer(2, 30'000), "Its process id.", "the next free one"});
    task.fields.push_back({"parent", t.name, "A task, or a controller that can reap it.", "init"});
    both({"program", t.program, "Abstract operations.", "", false, true});
    task.alternatives = Alternatives::at_most_one;
    task.fields.push_back(
        {"asm", lines, "Lines of assembly text (Intel syntax, with labels).", "", false, true});
    task.fields.push_back({"bytes", &bytes, "Machine code.", "", false, true});
    task.fields.push_back({"elf", t.text,
                           "A static ELF64 file; the path starts at the scenario's "
                           "folder.",
                           "", false, true});
    add_exec(t, task);
    task.fields.push_back({"at", t.number, "Where `asm` or `bytes` are loaded.", "0x401000"});
    task.fields.push_back({"regs", &registers, "Registers at the start of `asm` or `bytes`.", "0"});
    task.fields.push_back(
        {"argv", t.add_list(t.text, 0, 100), "Arguments of an ELF program.", "its name"});
    task.fields.push_back(
        {"env", t.add_list(t.text, 0, 100), "Environment of an ELF program.", "empty"});
    both({"handlers", handlers, "Signal handlers, by signal.", "none"});
    task.fields.push_back({"ignored", t.signals, "Signals that are ignored at the start.", "none"});
    task.fields.push_back({"blocked", t.signals, "Signals that are blocked at the start.", "none"});
    task.fields.push_back(
        {"autoreap", t.yes_no, "Its parent ignores SIGCHLD, so it reaps itself.", "false"});
    task.fields.push_back({"orphaned_pgrp", t.yes_no,
                           "Its process group is orphaned: SIGTSTP and its like do nothing.",
                           "false"});
    task.fields.push_back({"kernel_thread", t.yes_no, "PF_KTHREAD: nobody attaches.", "false"});
    both({"idle_at_end", t.yes_no,
          "At the end of an abstract program: stay in user mode, with nothing to do.",
          "false: exit with code 0"});
    t.task = &task;
    t.child = &child;
}

}  // namespace utsim
