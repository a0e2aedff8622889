// The order matters: queries come before the load that writes, and the commands that need the service stopped come last.
#include "tests/bench/growth.h"

#include "tests/bench/fill.h"
#include "tests/bench/foreign_reader.h"
#include "tests/bench/numbers.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/trial.h"
#include "tests/bench/workloads.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>

namespace ledger::bench {
namespace {

/// Enough to keep the readers busy, few enough that latency is not only queueing.
constexpr std::size_t kQueryConnections = 16;
/// The checkpoints of a large database are seconds apart, and a window must hold several.
constexpr double kIngestWindows = 2;
constexpr std::chrono::milliseconds kMemoryEvery{100};

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
    for (const char* workload : {"ingest", "ingest-deletions"}) part(workload, [this, workload] { ingest(workload); });
    part("foreign reader", [this] { foreign_reader(); });
    part("cold start", [this] { cold_start(); });
    part("verify", [this] { verify(); });
    part("rebuild", [this] { rebuild(); });
  }

  /// Returns whether the part succeeded.
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

  Measurement measure_load(RunningSystem& running, const std::string& name, std::size_t connections, double windows = 1) {
    WorkloadOptions options;
    options.port = running.port();
    options.locations = options_.locations;
    options.seed = std::random_device{}();
    options.filled_events = options_.events_large;
    const auto requests = workload(name).prepare(options);
    LoadOptions load;
    load.connections = connections;
    load.warm_up_s = windows * options_.warm_up_s;
    load.window_s = windows * options_.window_s;
    return measure(running, *requests, load).measured;
  }

  static Row new_row(std::string_view workload, std::string_view system, std::size_t connections) {
    return {.workload = std::string(workload), .system = std::string(system), .connections = connections};
  }

  void queries() {
    RunningSystem running(ledger_system(), options_.tools, large_);
    for (const std::string_view workload : kLargeDatabaseWorkloads) {
      Row row = new_row(workload, kLedgerLarge, kQueryConnections);
      for (std::size_t round = 0; round < options_.rounds; ++round) {
        row.rounds.push_back(measure_load(running, row.workload, kQueryConnections));
        progress_.say(row.workload + ": " + whole(row.rounds.back().per_second) + "/s, p99 " + duration(row.rounds.back().p99_us));
      }
      results_.rows.push_back(std::move(row));
    }
    running.stop();
  }

  void measure_ingest(RunningSystem& running, Row& row) {
    row.rounds.push_back(measure_load(running, row.workload, row.connections, kIngestWindows));
    progress_.say(row.workload + ", " + row.system + ": " + whole(row.rounds.back().per_second) + "/s, longest stall " +
                  duration(row.rounds.back().stall_us()));
  }

  /// The small database is copied for each round. The large one grows by what is measured, which is little beside its size.
  void ingest(const std::string& workload) {
    Row at_small = new_row(workload, kLedgerSmall, kManyConnections);
    Row at_large = new_row(workload, kLedgerLarge, kManyConnections);
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      const std::string copy = small_ + "-copy";
      std::filesystem::remove_all(copy);
      std::filesystem::copy(small_, copy);
      for (auto& [row, directory] : {std::pair<Row&, const std::string&>(at_small, copy), std::pair<Row&, const std::string&>(at_large, large_)}) {
        RunningSystem running(ledger_system(), options_.tools, directory);
        measure_ingest(running, row);
        running.stop();
      }
    }
    results_.rows.push_back(std::move(at_small));
    results_.rows.push_back(std::move(at_large));
  }

  /// While another program reads, the write-ahead log can only grow. When the reader ends, the ledger must work off a long log.
  void foreign_reader() {
    Row open = new_row("ingest", kLedgerForeignReader, kManyConnections);
    Row ended = new_row("ingest", kLedgerReaderEnded, kManyConnections);
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      RunningSystem running(ledger_system(), options_.tools, large_);
      {
        const ForeignReader reader(database_in(large_));
        measure_ingest(running, open);
      }
      measure_ingest(running, ended);
      running.stop();
    }
    results_.rows.push_back(std::move(open));
    results_.rows.push_back(std::move(ended));
  }

  /// Kills the ledger while it writes and starts it again. The slowest start of all rounds counts.
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
    Deliveries requests(Deliveries::Kind::new_associations, std::random_device{}(), location_ids(0, options_.locations));
    LoadOptions load;
    load.port = running.port();
    load.connections = kManyConnections;
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
      if (!is_killed) throw;  // The kill breaks the connections.
    }
  }

  struct CommandRun {
    double events_per_second = 0;
    double rss_mib = 0;
  };
  CommandRun run_command(const std::string& name) {
    const auto start = std::chrono::steady_clock::now();
    Child child({{options_.tools.ledger, name, "--database", database_in(large_)}, large_ + "/log"});
    // Not ru_maxrss, which counts the memory of this process, too: between fork and exec, the child is a copy of it.
    std::uint64_t rss_bytes = 0;
    while (!child.ends_within(kMemoryEvery)) {
      if (const std::uint64_t so_far = usage_with_descendants(child.pid()).rss_max_bytes; so_far > 0) rss_bytes = so_far;
    }
    const std::string output = child.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.say(output.substr(0, output.find('\n')));
    // The output is like "verified: 5123456 events, …". The load has added events since the database was filled.
    const double events = std::stod(output.substr(output.find(' ') + 1));
    return {events / seconds, static_cast<double>(rss_bytes) / (1024 * 1024)};
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
