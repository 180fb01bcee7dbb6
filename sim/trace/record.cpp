// SPDX-License-Identifier: MIT
// Running a scenario with a recorder or a writer beside it, and running it again beside a trace. A
// trace's header has all of a run's inputs, so both directions go through the same `RunOptions`.
#include <algorithm>

#include <utsim/version.hpp>

#include "process/packed_tree.hpp"
#include "scenario/packed.hpp"
#include "scenario/run.hpp"
#include "semantics/parse.hpp"
#include "trace/fingerprint.hpp"
#include "trace/reader.hpp"
#include "trace/recorded_trace.hpp"
#include "trace/replay.hpp"
#include "trace/stream.hpp"

namespace utsim {

namespace {

std::uint64_t either(std::uint64_t first, std::uint64_t second, std::uint64_t otherwise) {
    return first != 0 ? first : second != 0 ? second : otherwise;
}

TraceHeader header_for(const Scenario& scenario, const RunOptions& options) {
    const ScenarioData& data = scenario.data();
    const WorldLimits limits;
    TraceHeader header;
    header.version = version();
    header.scenario = scenario.name();
    header.scenario_digest = scenario.digest();
    header.scenario_file = scenario.file();
    const auto semantics =
        parse_semantics(options.semantics.empty() ? scenario.semantics() : options.semantics);
    // What does not parse is refused by the run itself.
    if (semantics.ok()) {
        header.semantics = semantics->name;
        header.semantics_digest = semantics_digest(semantics->semantics);
    }
    header.granularity = options.granularity.empty() ? scenario.granularity() : options.granularity;
    header.schedule =
        options.schedule.empty() && !options.seed ? scenario.schedule() : options.schedule;
    header.seed = options.seed;
    if (options.seed) header.quantum = options.quantum;
    header.chooser = options.seed ? "random" : header.schedule.empty() ? "serial" : "schedule";
    header.max_steps = either(options.max_steps, data.max_steps, limits.max_steps);
    header.max_instructions =
        either(options.max_instructions, data.max_instructions, limits.max_instructions);
    header.counts_instructions = options.count_instructions;
    header.source = data.source;
    for (const NeededFile& file : data.files) header.files.emplace_back(file.name, file.digest);
    return header;
}

TraceEnd end_of(const RunReport& report, std::uint64_t events, const std::string& fingerprint) {
    return {report.end, report.end_detail, report.steps, events, report.schedule, fingerprint};
}

RunOptions options_of(const TraceHeader& header) {
    RunOptions options;
    options.semantics = header.semantics;
    options.granularity = header.granularity;
    options.max_steps = header.max_steps;
    options.max_instructions = header.max_instructions;
    options.schedule = header.schedule;
    options.seed = header.seed;
    options.quantum = header.quantum;
    options.count_instructions = header.counts_instructions;
    return options;
}

Error trace_error(const char* code, std::string message, const std::string& file,
                  std::string hint) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.file = file;
    error.line = 1;
    error.column = 1;
    error.hint = std::move(hint);
    return error;
}

}  // namespace

Result<RecordedRun> record_run(const Scenario& scenario, const RunOptions& options) {
    Relay relay;
    std::optional<Tee> tee;
    RunOptions with_sink = options;
    with_sink.sink = &relay;
    if (options.sink != nullptr) with_sink.sink = &tee.emplace(relay, *options.sink);
    UTSIM_TRY(simulation, Simulation::create(scenario, with_sink));
    const WorldNames names(simulation.world());
    NamedRecorder recorder(names, options.count_instructions);
    relay.set_next(&recorder);
    RunReport report = simulation.run();
    recorder.end_of_events();
    auto data = std::make_shared<RecordedTrace::Data>();
    Trace& trace = data->trace;
    trace.header = header_for(scenario, options);
    trace.names = recorder.kept_names();
    trace.log = recorder.log();
    trace.end = end_of(report, trace.log.size(), fingerprint_of(trace.log, trace.names).text());
    return RecordedRun{std::move(report), RecordedTrace(std::move(data))};
}

Result<RunReport> stream_run(const Scenario& scenario, const RunOptions& options,
                             TraceStream& stream, bool pack) {
    TraceHeader header = header_for(scenario, options);
    if (pack && scenario.data().tree != nullptr) {
        UTSIM_TRY(packed, pack_tree(*scenario.data().tree));
        header.packed = std::move(packed);
    }
    Relay relay;
    RunOptions with_sink = options;
    with_sink.sink = &relay;
    UTSIM_TRY(simulation, Simulation::create(scenario, with_sink));
    stream.start(simulation.world(), header, options.sink);
    relay.set_next(&stream);
    RunReport report = simulation.run();
    stream.end_of_events();
    stream.finish(end_of(report, stream.events(), stream.fingerprint()));
    return report;
}

namespace {

Result<Scenario> load_scenario_of(const TraceHeader& header, const std::string& name,
                                  const std::string& file_of_trace) {
    if (header.packed.empty()) return load_scenario_text(header.source, name);
    std::shared_ptr<FileTree> tree = unpack_tree(header.packed);
    if (tree == nullptr) {
        return trace_error("E-TRC-031", "the files in the trace cannot be read", file_of_trace,
                           "it was edited, or is not whole");
    }
    std::vector<NeededFile> files;
    for (const auto& [needed, digest] : header.files) files.push_back({needed, digest});
    return load_packed_scenario(header.source, name, std::move(tree), std::move(files));
}

/// The scenario that is in a trace, if it is what was run.
Result<Scenario> scenario_of(const TraceHeader& header, const std::string& file_of_trace) {
    const std::string name = header.scenario_file.empty() ? header.scenario : header.scenario_file;
    UTSIM_TRY(scenario, load_scenario_of(header, name, file_of_trace));
    for (const NeededFile& file : scenario.data().files) {
        const auto then = std::find_if(header.files.begin(), header.files.end(),
                                       [&](const auto& known) { return known.first == file.name; });
        if (then == header.files.end() || then->second == file.digest) continue;
        return trace_error("E-TRC-029", "the file '" + file.name + "' is not the one that was run",
                           file_of_trace,
                           "it has " + file.digest + "; the header says " + then->second);
    }
    if (scenario.digest() != header.scenario_digest) {
        return trace_error(
            "E-TRC-023", "the scenario in the trace is not the one that was run", file_of_trace,
            "its digest is " + scenario.digest() + ", the header says " + header.scenario_digest);
    }
    UTSIM_TRY(semantics, parse_semantics(header.semantics));
    const std::string digest = semantics_digest(semantics.semantics);
    if (digest != header.semantics_digest) {
        return trace_error("E-TRC-024",
                           "\"" + header.semantics + "\" does not mean today what it meant then",
                           file_of_trace,
                           "its digest is " + digest + ", the header says " +
                               header.semantics_digest + "; run the scenario again");
    }
    return scenario;
}

ReplayReport report_of(const ReplayChecker& checker, const std::string& fingerprint) {
    ReplayReport report;
    report.same = !checker.difference();
    report.cut_off = checker.cut_off();
    report.lines = checker.lines_checked();
    if (checker.difference()) {
        report.line = checker.difference()->line;
        report.lines = report.line - 1;
        report.expected = checker.difference()->expected;
        report.actual = checker.difference()->actual;
    } else {
        report.fingerprint = fingerprint;
    }
    return report;
}

}  // namespace

Result<TraceInput> input_of(const RecordedTrace& trace, const std::string& file) {
    const TraceHeader& header = trace.data().trace.header;
    UTSIM_TRY(scenario, scenario_of(header, file));
    return TraceInput{std::move(scenario), options_of(header)};
}

Result<ReplayReport> replay_lines(LineSource& lines, const std::string& file, TraceStream* shown,
                                  const std::atomic<bool>* stop, const ReplayCompany& company) {
    TraceReader reader(file, false);
    std::string_view first;
    if (!lines.next(first)) return empty_trace(file);
    if (!reader.read_line(first)) return reader.error();
    const TraceHeader& header = reader.trace().header;
    UTSIM_TRY(scenario, scenario_of(header, file));
    Relay relay;
    RunOptions options = options_of(header);
    options.sink = &relay;
    options.stop = stop;
    options.visitor = company.visitor;
    UTSIM_TRY(simulation, Simulation::create(scenario, options));
    TraceStream counted(TraceForm::nothing, {}, [](std::string_view) { return true; });
    TraceStream& stream = shown != nullptr ? *shown : counted;
    ReplayChecker checker(lines, reader, stream.names(), stop);
    checker.watch(&simulation.world());
    if (header.counts_instructions) checker.count_instructions();
    std::optional<Tee> both;
    if (company.sink != nullptr) both.emplace(checker, *company.sink);
    stream.start(simulation.world(), header, both ? static_cast<EventSink*>(&*both) : &checker);
    relay.set_next(&stream);
    const RunReport run = simulation.run();
    stream.end_of_events();
    checker.end_of_events();
    const TraceEnd end = end_of(run, stream.events(), stream.fingerprint());
    checker.finish(end);
    const bool interrupted = stop != nullptr && stop->load();
    const bool whole =
        !checker.difference() && !checker.cut_off() && !checker.malformed() && !interrupted;
    whole ? stream.finish(end) : stream.break_off();
    if (checker.malformed()) return reader.error();
    ReplayReport report = report_of(checker, stream.fingerprint());
    report.scenario = header.scenario;
    report.semantics = header.semantics;
    report.interrupted = interrupted;
    return report;
}

Result<ReplayReport> replay_trace(std::string_view text, const std::string& file) {
    TextLines lines(text);
    return replay_lines(lines, file, nullptr);
}

}  // namespace utsim
