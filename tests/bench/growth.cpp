// The order matters: what writes least comes first, and the commands that need the file for themselves come last.
#include "tests/bench/growth.h"

#include "tests/bench/fill.h"
#include "tests/bench/numbers.h"
#include "tests/bench/trial.h"
#include "tests/bench/workloads.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>

namespace ledger::bench {
namespace {

constexpr std::size_t kIngestConnections = 64;
/// Queries run one after the other on one server that is warm, and each is short.
constexpr double kQueryWarmUpS = 0.2;
constexpr double kQueryWindowMaxS = 1;
/// Two rates are compared here, and the checkpoints of a large database are long, a second and a half apart: a window must hold several, after those
/// that find the pace.
constexpr double kIngestWindows = 3;

class GrowthRun {
 public:
  GrowthRun(const RunOptions& options, const Progress& progress, Results& results)
      : options_(options),
        progress_(progress),
        results_(results),
        small_(data_directory(options) + "/growth-small"),
        large_(data_directory(options) + "/growth-large") {}

  void run() {
    if (!part("fill", [this] { fill(); })) return;
    part("queries", [this] { queries(); });
    for (const char* workload : {"ingest", "ingest-random-ids"}) part(workload, [this, workload] { ingest(workload); });
    part("cold start", [this] { cold_start(); });
    part("verify", [this] { verify(); });
    part("rebuild", [this] { rebuild(); });
  }

 private:
  /// Whether it could be run.
  bool part(const std::string& name, const std::function<void()>& run_it) {
    try {
      run_it();
      return true;
    } catch (const std::exception& error) {
      results_.failures.push_back("growth, " + name + " FAILED: " + error.what());
      progress_.say(results_.failures.back());
      return false;
    }
  }

  FillResult fill_directory(const std::string& directory, std::uint64_t events) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    return fill_database(database_in(directory), events, options_.locations, [this, events](std::uint64_t done) {
      if (done % (events / 10) < 100'000) progress_.say("filled: " + whole(static_cast<double>(done)) + " of " + whole(static_cast<double>(events)));
    });
  }

  void fill() {
    Growth& growth = results_.growth;
    growth.locations = static_cast<double>(options_.locations);
    growth.events_small = static_cast<double>(options_.events_small);
    growth.events = static_cast<double>(options_.events_large);
    static_cast<void>(fill_directory(small_, options_.events_small));
    const FillResult filled = fill_directory(large_, options_.events_large);
    growth.fill_per_second = growth.events / filled.seconds;
    growth.bytes_per_event = (static_cast<double>(database_bytes(large_)) - static_cast<double>(filled.body_bytes)) / growth.events;
    progress_.say("filled at " + whole(growth.fill_per_second) + "/s");
  }

  Measurement measure_load(RunningSystem& running, const std::string& name, std::size_t connections, double warm_up_s, double window_s) {
    WorkloadOptions options;
    options.port = running.port();
    options.locations = options_.locations;
    options.seed = std::random_device{}();
    options.filled_events = options_.events_large;
    const auto requests = workload(name).prepare(options);
    LoadOptions load;
    load.connections = connections;
    load.warm_up_s = warm_up_s;
    load.window_s = window_s;
    return measure(running, *requests, load).measured;
  }

  void queries() {
    RunningSystem running(ledger_system(), options_.tools, large_);
    for (const std::string_view workload : kLargeDatabaseWorkloads) {
      const std::string name(workload);
      for (const std::size_t connections : options_.connections) {
        Row row{.workload = name, .system = std::string(kLedgerLarge), .commits = ledger_system().commits, .connections = connections};
        for (std::size_t round = 0; round < options_.rounds; ++round) {
          row.rounds.push_back(measure_load(running, name, connections, kQueryWarmUpS, std::min(options_.window_s, kQueryWindowMaxS)));
        }
        const Measurement measured = median(row.rounds);
        progress_.say(name + ", " + std::to_string(connections) + (connections == 1 ? " connection: " : " connections: ") +
                      whole(measured.per_second) + "/s, p99 " + duration(measured.p99_us));
        results_.rows.push_back(std::move(row));
      }
    }
    running.stop();
  }

  /// The small database is a copy each time; the large one grows by what is measured, which is little beside it.
  void ingest(const std::string& workload) {
    Row at_small{.workload = workload, .system = std::string(kLedgerSmall), .commits = ledger_system().commits, .connections = kIngestConnections};
    Row at_large{.workload = workload, .system = std::string(kLedgerLarge), .commits = ledger_system().commits, .connections = kIngestConnections};
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      const std::string copy = small_ + "-copy";
      std::filesystem::remove_all(copy);
      std::filesystem::copy(small_, copy);
      for (auto& [row, directory] : {std::pair<Row&, const std::string&>(at_small, copy), std::pair<Row&, const std::string&>(at_large, large_)}) {
        RunningSystem running(ledger_system(), options_.tools, directory);
        row.rounds.push_back(
            measure_load(running, workload, kIngestConnections, kIngestWindows * options_.warm_up_s, kIngestWindows * options_.window_s));
        running.stop();
        progress_.say(workload + ", " + row.system + ": " + whole(row.rounds.back().per_second) + "/s, longest gap " +
                      duration(row.rounds.back().gap_us));
      }
    }
    results_.rows.push_back(std::move(at_small));
    results_.rows.push_back(std::move(at_large));
  }

  /// Killed while it writes, then started again. The slowest of all rounds counts.
  void cold_start() {
    double slowest = kNone;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      kill_under_load();
      RunningSystem again(ledger_system(), options_.tools, large_);
      slowest = std::fmax(slowest, again.start_s());
      progress_.say("cold start: " + duration(again.start_s() * 1e6));
      again.stop();
    }
    results_.growth.cold_start_s = slowest;
  }

  void kill_under_load() {
    RunningSystem running(ledger_system(), options_.tools, large_);
    NewAssociations requests(std::random_device{}(), location_ids(0, options_.locations), IdOrder::time);
    LoadOptions load;
    load.port = running.port();
    load.connections = kIngestConnections;
    load.warm_up_s = options_.warm_up_s;
    load.window_s = options_.window_s;
    bool is_killed = false;
    load.on_window_end = [&] {
      running.kill();
      is_killed = true;
    };
    try {
      static_cast<void>(run_load(load, requests));
    } catch (const std::runtime_error&) {
      if (!is_killed) throw;  // Else its connections broke, as they should.
    }
  }

  struct CommandRun {
    double events_per_second = 0;
    double rss_mib = 0;
  };
  CommandRun run_command(const std::string& name) {
    const auto start = std::chrono::steady_clock::now();
    Child child({{options_.tools.ledger, name, "--database", database_in(large_)}, {}, large_ + "/log"});
    const std::string said = child.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.say(said.substr(0, said.find('\n')));
    // "verified: 5123456 events, …": more than were filled in, for the database was loaded since.
    const double events = std::stod(said.substr(said.find(' ') + 1));
    return {events / seconds, static_cast<double>(child.usage().ru_maxrss) / 1024};
  }

  void verify() {
    const CommandRun run = run_command("verify");
    results_.growth.verify_per_second = run.events_per_second;
    results_.growth.verify_rss_mib = run.rss_mib;
  }

  void rebuild() {
    const CommandRun run = run_command("rebuild");
    results_.growth.rebuild_per_second = run.events_per_second;
    results_.growth.rebuild_rss_mib = run.rss_mib;
  }

  const RunOptions& options_;
  const Progress& progress_;
  Results& results_;
  const std::string small_;
  const std::string large_;
};

}  // namespace

void measure_growth(const RunOptions& options, const Progress& progress, Results& results) {
  GrowthRun(options, progress, results).run();
}

}  // namespace ledger::bench
