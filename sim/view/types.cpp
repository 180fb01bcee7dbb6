// SPDX-License-Identifier: MIT
// Every struct that lives in an arena, with its fields. Each is made when it is first asked for.
#include <span>

#include "cpu/address_space.hpp"
#include "engines/guard.hpp"
#include "engines/script.hpp"
#include "engines/scripted.hpp"
#include "engines/stepper.hpp"
#include "engines/syscall_log.hpp"
#include "kernel/kernel.hpp"
#include "kernel/program.hpp"
#include "process/inode.hpp"
#include "process/pipe.hpp"
#include "process/process.hpp"
#include "utrace/utrace_struct.hpp"
#include "view/field_tree.hpp"

namespace utsim::view {

namespace {

template <typename T>
const ViewType& type_of() {
    static const ViewType type = [] {
        alignas(T) static std::byte room[sizeof(T)];
        ViewType made{detail::type_name<T>(), sizeof(T), {}};
        FieldTree tree(made.fields, room, made.name, false);
        describe(tree, *reinterpret_cast<T*>(room));
        return made;
    }();
    return type;
}

struct Row {
    const ObjectType* object;
    const ViewType& (*view)();
};

template <typename... Types>
std::span<const Row> rows() {
    static const Row list[] = {{object_type<Types>(), &type_of<Types>}...};
    return list;
}

std::span<const Row> all() {
    return rows<WorldState, Actor, RcuCallback, Kernel, Task, Sighand, SignalStruct, VforkDone,
                AbstractFrame, Mm, cpu::AddressSpace, SigQueue, Program, ProgramOp, Utrace, Engine,
                EngineSlot, TaskSlot, ScriptController, ScriptContext, ScriptContext::StepResult,
                ScriptedState, StepperState, GuardState, SyscallLogState, ProcessModel, Process,
                ProcessGroup, FilesStruct, FsStruct, Inode, OpenFile, Pipe, ProcText,
                FutexWaiter>();
}

}  // namespace

const ViewType* view_type(const ObjectType* type) {
    for (const Row& row : all()) {
        if (row.object == type) return &row.view();
    }
    return nullptr;
}

std::vector<const ObjectType*> viewed_types() {
    std::vector<const ObjectType*> types;
    for (const Row& row : all()) types.push_back(row.object);
    return types;
}

const ViewType* view_type_called(std::string_view name) {
    for (const Row& row : all()) {
        if (row.object->name == name) return &row.view();
    }
    return nullptr;
}

}  // namespace utsim::view
