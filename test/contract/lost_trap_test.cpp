// SPDX-License-Identifier: MIT
// Stories about steps that lose their trap on the way: the flags look right when the step begins,
// and the machine forgets it. Each is followed by one close to it that ends as promised.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// The stepped instruction is a system call that brings registers of its own.
Story& over_sigreturn(Story& s) {
    constexpr std::int64_t rt_sigreturn = 15;
    return s.user(1, true).syscall(1, rt_sigreturn).ran(1, rt_sigreturn);
}

/// The engine lets its stopped task go for one step, which is switched on without another round.
Story& step_by_call(Story& s) {
    let_go(stop_by_answer(s), 0, UTRACE_SINGLESTEP);
    return s.step_switch(StepSwitch::enable_single);
}

/// An instruction of the given bytes.
Story& instruction_of(Story& s, std::string_view bytes) {
    Event event;
    event.kind = EventKind::instruction;
    event.actor = ActorId{1};
    event.step = ++s.step;
    event.value = {1, 0x1000, 1, 0};
    event.text = bytes;
    s.contract.emit(event);
    return s;
}

const ClauseCases lost_traps = {
    {"C-217", [](Story& s) { over_sigreturn(step_by_call(s)).user().instruction().instruction(); },
     [](Story& s) { over_sigreturn(step_by_call(s)).user(1, true).instruction().trap(); }},
    {"C-219", [](Story& s) { over_sigreturn(single_step(s)).user().instruction().instruction(); },
     [](Story& s) { over_sigreturn(single_step(s)).user(1, true).instruction().trap(); }},
    {"I18", [](Story& s) { over_sigreturn(single_step(s)).user().instruction().instruction(); },
     [](Story& s) {
         // What a step over a call is worth: here the kernel reports its end itself.
         s.tell(EventKind::signal_generated, {1, K_SIGTRAP, 0, K_TRAP_BRKPT, 1});
         over_sigreturn(single_step(s))
             .tell(EventKind::signal_generated, {1, K_SIGTRAP, 0, K_TRAP_BRKPT, 1});
         s.user().instruction().instruction();
         single_step(s).user(1, true).instruction().trap();
     }},
    // exec: the new program has flags of its own.
    {"I18",
     [](Story& s) {
         single_step(s).user(1, true).syscall().exec().ran().user();
         s.instruction().instruction();
     },
     [](Story& s) {
         // An engine that hears of the exec has the last word about what is next.
         single_step(s).user(1, true).syscall().exec();
         s.quiesce(0, UTRACE_RESUME, EXEC).ran().user().instruction().instruction();
         single_step(s).user(1, true).instruction().trap();
     }},
    // A handler's frame is built, and nobody is left to be asked.
    {"I18",
     [](Story& s) {
         single_step(s).set_events(0, CORE).send(K_SIGUSR1).handler(K_SIGUSR1).user();
         s.instruction().instruction();
     },
     [](Story& s) {
         single_step(s).send(K_SIGUSR1).handler(K_SIGUSR1);
         s.signal(0, 0, 0, UTRACE_SIGNAL_HANDLER | UTRACE_RESUME,
                  UTRACE_RESUME | UTRACE_SIGNAL_IGN);
         s.user().instruction().instruction();
         single_step(s).user(1, true).instruction().trap();
     }},
    // It is switched off again before it has begun, and nobody asked for that.
    {"I18",
     [](Story& s) {
         single_step(s).step_switch(StepSwitch::disable).user().instruction().instruction();
     },
     [](Story& s) {
         single_step(s).control(0, UTRACE_RESUME).step_switch(StepSwitch::disable);
         s.user().instruction().instruction();
         single_step(s).user(1, true).instruction().trap();
     }},
    // Two moves to SS would be a second instruction; the first one holds the trap back.
    {"I18",
     [](Story& s) {
         instruction_of(single_step(s).user(1, true), "\x8e\xd0").instruction();
         s.instruction();
     },
     [](Story& s) {
         instruction_of(single_step(s).user(1, true), "\x8e\xd0").instruction().trap();
     }},
    // The second instruction is a system call; in real code that is told as an instruction, too.
    {"C-217", [](Story& s) { step_by_call(s).user(1, true).instruction().syscall(); },
     [](Story& s) {
         step_by_call(s).user(1, true).instruction();
         --s.step;
         s.syscall();
     }},
    {"I18", [](Story& s) { single_step(s).user(1, true).instruction().syscall(); },
     [](Story& s) { single_step(s).user(1, true).syscall().ran().user(1, true).trap(); }},
    {"C-275", [](Story& s) { branch(block_step(s).user(1, true, true)).syscall(); },
     [](Story& s) { branch(block_step(s).user(1, true, true).instruction()).trap().syscall(); }},
    {"C-222", [](Story& s) { branch(block_step(s).user(1, true, true)).instruction(); },
     [](Story& s) { branch(block_step(s).user(1, true, true).instruction()).trap(); }},
    // BLOCKSTEP was all that was asked for, and a single step is switched on.
    {"C-222",
     [](Story& s) {
         let_go(stop_by_answer(s), 0, UTRACE_BLOCKSTEP).step_switch(StepSwitch::enable_single);
         s.user(1, true).instruction().trap();
     },
     [](Story& s) {
         let_go(stop_by_answer(s), 0, UTRACE_BLOCKSTEP).step_switch(StepSwitch::enable_single);
         branch(s.user(1, true)).trap();
     }},
    {"C-222",
     [](Story& s) {
         s.quiesce(0, UTRACE_BLOCKSTEP).step_switch(StepSwitch::enable_single);
         s.user(1, true).instruction().trap();
     },
     [](Story& s) {
         // Another engine wants a single step.
         s.attach(1, 1).list(1).quiesce(0, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_BLOCKSTEP, 0, UTRACE_SINGLESTEP);
         s.step_switch(StepSwitch::enable_single).user(1, true).instruction().trap();
         s.quiesce(0, UTRACE_BLOCKSTEP).quiesce(1, UTRACE_RESUME, 0, UTRACE_BLOCKSTEP);
         branch(s.step_switch(StepSwitch::enable_single).user(1, true)).trap();
         // The machine has no other.
         s.tell(EventKind::warning, {0, s.text("BLOCKSTEP on a machine without block step")}, 1);
         s.quiesce(0, UTRACE_BLOCKSTEP).quiesce(1, UTRACE_RESUME, 0, UTRACE_BLOCKSTEP);
         s.step_switch(StepSwitch::enable_single);
         s.user(1, true).instruction().trap();
     }},
    // After a handler's frame the machine makes every block step a single one.
    {"C-222", [](Story& s) { block_step(s).user(1, true, false).instruction().trap(); },
     [](Story& s) { branch(block_step(s).user(1, true, false)).trap(); }},
    {"C-275", [](Story& s) { block_step(s).user(1, true, false).instruction().trap(); },
     [](Story& s) {
         // One that another engine has made a single step is none.
         s.step_switch(StepSwitch::enable_single).user(1, true).instruction().trap();
         branch(block_step(s).user(1, true, false)).trap();
     }},
    // The trap flag went with the frame, and the branch goes by unnoticed.
    {"C-275", [](Story& s) { branch(over_sigreturn(block_step(s)).user()).instruction(); },
     [](Story& s) { branch(over_sigreturn(block_step(s)).user(1, true, true)).trap(); }},
};

}  // namespace
