// The command line of the benchmarks.
#include "tests/bench/block.h"
#include "tests/bench/fill.h"
#include "tests/bench/goals.h"
#include "tests/bench/load.h"
#include "tests/bench/machine.h"
#include "tests/bench/numbers.h"
#include "tests/bench/report.h"
#include "tests/bench/run.h"
#include "tests/bench/workloads.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <set>
#include <stdexcept>
#include <string>

namespace {

using namespace ledger::bench;

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

struct LoadArguments {
  std::string target = "127.0.0.1:8080";
  std::string workload = "ingest";
  std::string key;
  LoadOptions load;
  WorkloadOptions options;
};

std::uint16_t loopback_port(const std::string& target) {
  constexpr std::string_view kHost = "127.0.0.1:";
  if (!target.starts_with(kHost)) throw std::runtime_error("--target must be 127.0.0.1:PORT");
  return static_cast<std::uint16_t>(std::stoul(target.substr(kHost.size())));
}

int run_load_command(LoadArguments arguments) {
  arguments.load.port = arguments.options.port = loopback_port(arguments.target);
  if (!arguments.key.empty()) arguments.options.signing_pem = read_file(arguments.key);
  const auto requests = workload(arguments.workload).prepare(arguments.options);
  const LoadResult result = run_load(arguments.load, *requests);
  const auto micros = [&result](double share) { return static_cast<double>(result.latency.quantile(share)) / 1000; };
  std::printf("%s connections %zu seconds %.2f answered/s %.0f unexpected %llu p50 %.0f p99 %.0f p99.9 %.0f max %.0f gap %.0f us",
              arguments.workload.c_str(), arguments.load.connections, result.window_s, result.per_second(),
              static_cast<unsigned long long>(result.unexpected), micros(0.5), micros(0.99), micros(0.999),
              static_cast<double>(result.latency.max()) / 1000, static_cast<double>(result.longest_gap_ns) / 1000);
  if (arguments.load.rate > 0) std::printf(" unsent %llu", static_cast<unsigned long long>(result.unsent));
  std::printf("\n");
  if (result.unexpected == 0) return 0;
  std::fprintf(stderr, "bench: the first unexpected response: %s\n", result.first_unexpected.c_str());
  return 1;
}

void add_load_options(CLI::App& command, LoadArguments& arguments) {
  command.add_option("--target", arguments.target, "127.0.0.1:PORT")->capture_default_str();
  command.add_option("--workload", arguments.workload)->capture_default_str();
  command.add_option("--connections", arguments.load.connections)->capture_default_str();
  command.add_option("--seconds", arguments.load.window_s, "how long to measure")->capture_default_str();
  command.add_option("--warm-up", arguments.load.warm_up_s, "seconds before that")->capture_default_str();
  command.add_option("--rate", arguments.load.rate,
                     "requests that are due each second, whatever the responses do; 0: each connection waits for its response");
  command.add_option("--locations", arguments.options.locations)->capture_default_str();
  command.add_option("--seed", arguments.options.seed, "of the random ids; default: random");
  command.add_option("--key", arguments.key, "the private key of ingest-signed, Ed25519, PEM");
  command.add_option("--requests", arguments.options.requests_max, "how many deliveries ingest-signed signs first")->capture_default_str();
  command.add_option("--filled-events", arguments.options.filled_events, "events of the filled database, for history, deletions and as-of");
}

int fill(const std::string& database, std::uint64_t events, std::size_t locations) {
  const Progress progress;
  const FillResult filled =
      fill_database(database, events, locations, [&](std::uint64_t done) { progress.say(whole(static_cast<double>(done)) + " events"); });
  progress.say("filled at " + whole(static_cast<double>(events) / filled.seconds) + "/s");
  return 0;
}

struct RunArguments {
  RunOptions run;
  Heading heading;
};

/// Less of everything, for a run of three minutes.
void make_quick(RunOptions& options) {
  options.rounds = 1;
  options.window_s = 1;
  options.warm_up_s = 0.3;
  options.long_window_s = 2;
  options.events_small = 20'000;
  options.events_large = 200'000;
}

std::string extent_of(const RunOptions& options) {
  std::string text = "rounds: " + std::to_string(options.rounds) + ", each measured for " + decimal(options.window_s, 1) + " s after " +
                     decimal(options.warm_up_s, 1) + " s";
  if (!options.only.empty()) text += "; only";
  for (const std::string& name : options.only) text += " " + name;
  return text;
}

std::string now_in_utc() {
  const std::string text = ledger::format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

/// Tells on standard error which marks were not reached.
void show_marks(const Results& results, const Progress& progress) {
  for (const Goal& goal : judge_goals(results)) {
    if (goal.is_reached == false) progress.say("not reached: " + goal.line + ", " + goal.mark + ": " + goal.measured);
  }
}

int run_everything(RunArguments arguments) {
  RunOptions& options = arguments.run;
  options.directory = std::filesystem::absolute(options.directory);
  std::filesystem::create_directories(options.directory);
  Heading& heading = arguments.heading;
  heading.extent = extent_of(options);
  heading.machine = describe_machine(options.tools, options.directory);
  const Progress progress;
  const Results results = run(options, progress);
  heading.date = now_in_utc();
  write_file(options.directory + "/performance.md", summary(results, heading));
  write_file(options.directory + "/report.md", full_report(results, heading));
  show_marks(results, progress);
  return results.is_complete() ? 0 : 1;
}

void add_run_options(CLI::App& command, RunArguments& arguments) {
  RunOptions& run = arguments.run;
  // A callback that runs while the options are parsed, so later options override it.
  command
      .add_flag_function(
          "--quick", [&run](std::int64_t /*times*/) { make_quick(run); }, "one round, shorter windows, a smaller database")
      ->trigger_on_parse();
  std::set<std::string> parts = {std::string(kIdle), std::string(kGrowth)};
  for (const Workload& each : workloads()) parts.insert(std::string(each.name));
  for (const std::string_view of_growth : kLargeDatabaseWorkloads) parts.erase(std::string(of_growth));
  command.add_option("--only", run.only, "workloads, `idle`, `growth`")->delimiter(',')->check(CLI::IsMember(parts));
  command.add_option("--out", run.directory, "the directory of performance.md, report.md and, during the run, of the databases")->required();
  command.add_option("--service", run.tools.ledger, "association-ledger")->required();
  command.add_option("--peers", run.tools.peers, "the directory of server.mjs; without it, Fastify is left out");
  command.add_option("--rounds", run.rounds);
  command.add_option("--seconds", run.window_s, "of each window");
  command.add_option("--warm-up", run.warm_up_s, "seconds before each window");
  command.add_option("--events", run.events_large, "of the large database");
  command.add_option("--made-by", arguments.heading.made_by, "the command that the report names")->required();
  command.add_option("--commit", arguments.heading.commit)->required();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures association-ledger and Fastify. Exit codes: 0 measured, 1 something failed, 2 wrong usage or cannot measure."};
  app.require_subcommand(1);
  LoadArguments load;
  load.options.seed = std::random_device{}();
  CLI::App* const load_command = app.add_subcommand("load", "sends one workload to a running server; prints one line, latencies in µs");
  add_load_options(*load_command, load);
  std::string database;
  std::uint64_t events = 1'000'000;
  CLI::App* const fill_command = app.add_subcommand("fill", "fills a new database, for history, deletions and as-of");
  fill_command->add_option("--database", database)->required();
  fill_command->add_option("--events", events)->capture_default_str();
  fill_command->add_option("--locations", load.options.locations)->capture_default_str();
  RunArguments run;
  CLI::App* const run_command = app.add_subcommand("run", "measures every workload and writes the reports");
  add_run_options(*run_command, run);
  try {
    app.parse(argc, argv);
    if (load_command->parsed()) return run_load_command(load);
    if (fill_command->parsed()) return fill(database, events, load.options.locations);
    return run_everything(run);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 2;
  }
}
