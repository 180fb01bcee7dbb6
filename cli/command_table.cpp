// SPDX-License-Identifier: MIT
// Every command with its options and examples. What is written here is what `utsim help`, the man
// page, completion and docs/cli.md say.
#include "cli/command_table.hpp"

#include <algorithm>

#include "cli/command_options.hpp"
#include "cli/exec_options.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

using namespace options;

constexpr std::size_t many = ~std::size_t{0};

constexpr ExampleInfo demo_examples[] = {
    {"utsim demo", "one engine steps, another asks for blocks: who stops where"},
};
constexpr ExampleInfo exec_examples[] = {
    {"utsim exec --help", "With an example of each kind"},
};
constexpr ExampleInfo run_examples[] = {
    {"utsim run scenarios/", "every scenario below a folder"},
    {"utsim run s.json --seed=7 --trace=t.jsonl", "one random schedule, with its trace"},
};
constexpr ExampleInfo replay_examples[] = {
    {"utsim replay s.json --schedule=A6B2A3", "one schedule, step by step"},
    {"utsim replay s.json --columns", "the same side by side"},
    {"utsim replay t.jsonl", "run a trace again and compare every line"},
    {"utsim replay t.jsonl --from=40 --until=60", "the same, and show a part of it"},
};
constexpr ExampleInfo explore_examples[] = {
    {"utsim explore s.json", "everything that can happen"},
    {"utsim explore s.json --preemptions=3", "what can happen with up to three preemptions"},
    {"utsim explore s.json --strategy=random --runs=100000", "many random walks"},
};
constexpr ExampleInfo diff_examples[] = {
    {"utsim diff E1 E2 scenarios/seed/*.json", "what changed for whom in these"},
    {"utsim diff F F,entry.order=first-attached-first --generate=2000 --out=found",
     "what a change of one decision does to anybody"},
};
constexpr ExampleInfo check_examples[] = {
    {"utsim check --semantics=F --time=5m", "what the final version breaks of its own contract"},
    {"utsim check F F,entry.order=first-attached-first", "what a change of one decision breaks"},
    {"utsim check --focus=utrace_barrier --out=found", "mostly about one call, with files"},
    {"utsim check --count=1000000 --shard=3/8 --results=part3.jsonl", "an eighth, to be merged"},
};
constexpr ExampleInfo merge_examples[] = {
    {"utsim merge part1.jsonl part2.jsonl part3.jsonl", "what one check would have printed"},
    {"utsim merge results/ --junit=check.xml --out=found", "all that a job array has left"},
};
constexpr ExampleInfo museum_examples[] = {
    {"utsim museum", "search for all of them, a minute each at most"},
    {"utsim museum B33 B34 --timing", "for two of them"},
    {"utsim museum B33 --show", "what it was, and how it happens"},
};
constexpr ExampleInfo minimize_examples[] = {
    {"utsim minimize s.json --schedule=A12B9 --out=small.json", "one failing run"},
    {"utsim minimize t.jsonl --clause=C-212", "the run of a trace, for one of its breaches"},
};
constexpr ExampleInfo explain_examples[] = {
    {"utsim explain s.json --semantics=E1", "what happens, and why, in E1"},
    {"utsim explain t.jsonl", "the same for a trace"},
};
constexpr ExampleInfo new_examples[] = {
    {"utsim new first --from=tutorial/stop", "write first.json"},
    {"utsim new --list", "what there is to start from"},
};
constexpr ExampleInfo coverage_examples[] = {
    {"utsim coverage", "what the built-in scenarios leave out"},
    {"utsim coverage scenarios --semantics=E1 --json",
     "the same of some files, in an early version"},
};
constexpr ExampleInfo validate_examples[] = {
    {"utsim validate scenarios", "find every mistake, run nothing"},
};
constexpr ExampleInfo semantics_examples[] = {
    {"utsim semantics list", "every decision point, its values, who chose what"},
    {"utsim semantics show flags-proposal", "one semantics, marked where it is not F"},
    {"utsim semantics diff E1 E2", "what changed in between"},
};
constexpr ExampleInfo schema_examples[] = {
    {"utsim schema > scenario-1.schema.json", "for an editor that checks while you type"},
    {"utsim schema run", "what run --json prints"},
};
constexpr ExampleInfo asm_examples[] = {
    {"utsim asm victim.s", "bytes and listing"},
    {"echo 'mov edi, 1' | utsim asm -", "from standard input"},
};
constexpr ExampleInfo help_examples[] = {
    {"utsim help run", "one command"},
    {"utsim help --man | man -l -", "the manual page"},
};
constexpr ExampleInfo completion_examples[] = {
    {"source <(utsim completion bash)", "for this shell"},
};

constexpr CommandInfo table[] = {
    {"demo",
     "Try it",
     "Thirty lines that show why",
     "Runs a scenario that is part of utsim: one engine single-steps a loop, another asks for "
     "block steps, and each finds out what the other's request does to its own stops. Needs no "
     "file.",
     {},
     {},
     demo_examples,
     {},
     verb_demo},
    {"new",
     "Try it",
     "Write a scenario to start from",
     "Copies a template to NAME.json. A file that is there already is never overwritten.",
     {"NAME", "the file to write, with or without .json", 0, 1, {}},
     new_options,
     new_examples,
     new_rules,
     verb_new},
    {"run",
     "Run",
     "Run scenarios and compare with what they expect",
     "Runs each scenario once, under its own schedule unless told otherwise, and prints one line "
     "for each: ok, FAIL with the reason and how to see it again, or vacuous when an expectation "
     "never had a chance to fail (which --require=tested makes a failure). "
     "A clause of the contract that is broken is a failure too, unless "
     "the scenario expects it (docs/contract.md lists the clauses).",
     {"FILE",
      "a scenario, or a folder that is searched for *.json (not *.schema.json)",
      1,
      many,
      {}},
     options::run_options,
     run_examples,
     run_rules,
     verb_run},
    {"exec",
     "Run",
     "Run an unmodified program inside",
     "A static x86-64 program runs as a process of the simulated kernel, like a command: what it "
     "writes is written, and its exit status is that of utsim (128 and the signal if one killed "
     "it; 1 with a message if it never ends). Standard input, arguments, environment and folder "
     "are as given; files are those of --root, and what programs write stays in memory. Time is "
     "virtual.\n\n"
     "With --explore it runs in many orders: the distinct outcomes are listed, with how often each "
     "came and a command that shows it again. --until looks for one: `exit != 0`, `exit = 3`, "
     "`output ~ TEXT`, `output !~ TEXT`, `hang`; exit code 1 when it was met.\n\n"
     "For example: exec ./hello world; exec --root=tree ./sh -c 'ls | wc'; exec --explore "
     "./tracer; exec --until='exit != 0' ./tracer.",
     {"PROGRAM", "a static ELF file; all behind it are its arguments", 1, many, {}, {}, true},
     exec_options,
     exec_examples,
     exec_rules,
     verb_exec},
    {"replay",
     "Run",
     "One schedule step by step, or a trace again",
     "Given a scenario, runs it, prints the trace while it runs, and says which expectations or "
     "clauses of the contract do not hold. With --columns and --json the trace is printed when "
     "the run has ended.\n\n"
     "Given a trace in JSON Lines, runs the scenario that is in it in the same way and compares "
     "every line. At the first difference it prints both lines and exits with 6. With --format, "
     "--columns, --full, --from, --until or --at it shows the run meanwhile, as it does a "
     "scenario's.",
     {"FILE", "a scenario or a trace", 1, 1, {}},
     replay_options,
     replay_examples,
     replay_rules,
     verb_replay},
    {"explore",
     "Run",
     "Search the orders of a scenario for violations",
     "Goes through every state that the scenario can come to, whatever the order in which its "
     "actors run, and tells each violation of what it expects and of utrace's contract once: first "
     "those that need no preemption, then those that need one, and so on. When there are too many "
     "states, samples follow. The schedule that is printed is the one with the fewest "
     "switches that still fails. The last line says what was shown. Ctrl-C ends the search and "
     "prints what was found.",
     {"FILE", "a scenario", 1, 1, {}},
     explore_options,
     explore_examples,
     explore_rules,
     verb_explore},
    {"check",
     "Run",
     "Make scenarios up and tell what of the contract they break",
     "Generates scenarios, runs each in a few orders with all monitors, goes deeply into those "
     "that show something new and makes others of them. Each distinct finding, by its clause and "
     "the functions involved, is made small, scenario and schedule together, and told: who did "
     "what, in whose midst, which promise is broken, and in which recorded versions. Engines and "
     "callers keep their duties, so what breaks is utrace's. The same seed finds the same with "
     "any number of threads.\n\n"
     "Given two semantics A and B, it tells only what B breaks and A keeps.\n\n"
     "With --shard and --results many processes share a check (docs/cluster.md). Then findings of "
     "earlier checks are not tried first.",
     {"SEM", "two semantics, names or JSON files; none: --semantics", 0, 2, {}},
     check_options,
     check_examples,
     check_rules,
     verb_check},
    {"merge",
     "Run",
     "Put the parts of a check together",
     "Reads what `check --results` has written and prints what one process would have printed: "
     "findings, statistics and coverage. Order does not matter, nor do lines that are there twice "
     "or were cut off. Exits with 5 if blocks are missing and nothing was found.",
     {"FILE", "results, or a folder that is searched for *.jsonl", 1, many, {}},
     merge_options,
     merge_examples,
     merge_rules,
     verb_merge},
    {"museum",
     "Run",
     "Look for real bugs of utrace's history, with check alone",
     "Makes the mistakes of the past again, one at a time, in the final version, and searches for "
     "each as `check F F,quirk=ID` does: scenarios are made up, and what is broken with the "
     "mistake and kept without it is a finding, if the final version breaks it in no order of the "
     "small scenario. No scenario is made for any of them. Prints the clauses that are broken, "
     "what it took, and the size of the smallest run that shows it. Exits with 1 if any was not "
     "found.\n\n"
     "With --show it tells what happened, why, and how it was mended, and plays the small "
     "scenario that check once came to.",
     {"ID", "bugs, such as B33 (all)", 0, many, {}},
     museum_options,
     museum_examples,
     museum_rules,
     verb_museum},
    {"minimize",
     "Run",
     "Make a failing scenario or trace small",
     "Leaves out of the scenario and of its schedule what is not needed for the failure: "
     "afterwards it breaks the same clause in the same function, or fails in the same way. Prints "
     "what was reached, and the small scenario unless --out takes it.",
     {"FILE", "a scenario or a trace; - for standard input", 1, 1, {}},
     minimize_options,
     minimize_examples,
     {},
     verb_minimize},
    {"diff",
     "Run",
     "The same inputs under two semantics",
     "Runs each scenario under both semantics in the same order and compares what an engine, a "
     "program, a tracer and the kernel's log can show. For each of them it prints the first "
     "difference, where the two sides are alike again, which decision point makes the difference, "
     "which clauses change their verdict, and what it costs. Exits with 1 if anything differs.\n\n"
     "`--explore` looks for differences in other orders of the same scenario. `--generate` makes "
     "scenarios up, sorts what it finds by cause and kind, and makes the best example of each "
     "small.",
     {"SEM", "the two semantics, names or JSON files, then scenarios or folders", 2, many, {}},
     diff_options,
     diff_examples,
     diff_rules,
     verb_diff},
    {"explain",
     "Run",
     "A run in sentences, with the rules behind it",
     "Tells a trace, or the run of a scenario, as sentences: who called what, what the engines "
     "answered, which answer decided and by which rule, why a call was refused under this "
     "semantics, and why a step ended where it did. Clauses of the contract (C-065) and decisions "
     "(step.arm=resume) stand behind each reason; the clauses are listed at the end.",
     {"FILE", "a scenario or a trace; - for standard input", 1, 1, {}},
     explain_options,
     explain_examples,
     explain_rules,
     verb_explain},
    {"coverage",
     "Run",
     "Which clauses of the contract some scenarios put to the test",
     "Runs scenarios, those that are part of utsim if none are named, and counts for each clause "
     "that a trace can decide how often it had a chance to be broken: held, broken in some run, or "
     "missed, which is no praise. For a missed clause it names a template that would put it to the "
     "test, if there is one.",
     {"FILE",
      "a scenario, or a folder that is searched for *.json (not *.schema.json)",
      0,
      many,
      {}},
     coverage_options,
     coverage_examples,
     {},
     verb_coverage},
    {"validate",
     "Work",
     "Check scenarios without running them",
     "Reads each file and prints all of its mistakes. A file is taken for what it says it is: a "
     "scenario, a semantics file, or a trace in JSON Lines.",
     {"FILE",
      "a scenario, a semantics file or a trace, or a folder that is searched for *.json",
      1,
      many,
      {}},
     validate_options,
     validate_examples,
     {},
     verb_validate},
    {"semantics",
     "Work",
     "Decision points and presets: list, show, diff",
     "A semantics is a choice at every decision point: a preset (E1 to F, flags-proposal, a date, "
     "an API version), perhaps with changes, as in E1,step.arm=flags; or the name of a JSON file "
     "that says the same.\n\n"
     "`list` prints what can be decided, `show SEM` what one semantics decided, `diff SEM SEM` "
     "where two decided differently. What follows from it for a scenario, `utsim diff` finds out.",
     {"ACTION", "list; show SEM; diff SEM SEM", 1, 3, {}, semantics_actions},
     {},
     semantics_examples,
     {},
     verb_semantics},
    {"schema",
     "Work",
     "Print the JSON Schema of a format",
     "Of files that are read: scenario (if nothing is said), semantics, and trace for one line of "
     "a trace. And of what commands print with --json: `run` for utsim.run/1 and so on. Draft "
     "2020-12, made from the tables that the loader and the writers go by.",
     {"WHAT", "a kind of file, or a form of output", 0, 1, schemas},
     {},
     schema_examples,
     {},
     verb_schema},
    {"asm",
     "Work",
     "Assemble text as scenarios do",
     "Intel syntax with labels and data. Prints addresses, bytes and text.",
     {"FILE", "assembly text; - for standard input", 1, 1, {}},
     asm_options,
     asm_examples,
     asm_rules,
     verb_asm},
    {"completion",
     "Work",
     "Print a completion script",
     "For the shell that is named.",
     {"SHELL", "bash", 1, 1, shells},
     {},
     completion_examples,
     {},
     verb_completion},
    {"help",
     "Work",
     "Explain a command",
     "Without a command, an overview.",
     {"COMMAND", "what to explain", 0, 1, {}},
     help_options,
     help_examples,
     help_rules,
     verb_help},
    {"version", "Work", "Print the version", "Also as --version.", {}, {}, {}, {}, verb_version},
};

}  // namespace

std::span<const CommandInfo> commands() { return table; }

const CommandInfo* find_command(std::string_view name) {
    const auto* found = std::find_if(std::begin(table), std::end(table),
                                     [&](const CommandInfo& info) { return info.name == name; });
    return found != std::end(table) ? found : nullptr;
}

std::span<const OptionInfo> shared_options() { return options::shared; }

}  // namespace utsim::cli
