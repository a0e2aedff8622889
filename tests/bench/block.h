// Trials that belong together: one workload, and systems that are measured in turns.
#pragma once

#include "tests/bench/requests.h"
#include "tests/bench/run.h"
#include "tests/bench/trial.h"
#include "tests/bench/workloads.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ledger::bench {

/// Measured without requests.
inline constexpr std::string_view kIdle = "idle";

struct Block {
  std::string workload{};  ///< The name of a workload, or kIdle.
  std::vector<System> systems{};
  std::size_t connections = 0;
  double warm_up_s = 0;  ///< kIdle: the time that the service rests after its last request.
  double window_s = 0;
  double rate = 0;  ///< As LoadOptions::rate.
};

/// Runs blocks in directories below data_directory(). The arguments of the constructor must outlive it. Not thread-safe.
class BlockRunner {
 public:
  BlockRunner(const RunOptions& options, const Progress& progress, Results& results);

  /// Adds a row for each system, but leaves out systems that are not installed. Does nothing if the run does not want the workload.
  void run(const Block& block);

 private:
  void run_trial(const Block& block, const System& system, Row& row);
  Measurement measure_once(const Block& block, const System& system);
  Measurement measure_signed(const Block& block);
  /// Checks that every delivery that was acknowledged is in the log, and stops the system.
  void finish(RunningSystem& running, const Block& block, const System& system, std::uint64_t deliveries);
  /// The directory of a database with the locations that queries ask for. Made once for each system.
  std::string queried_directory(const System& system);
  std::string fresh_directory();
  void sign(const Block& block);
  [[nodiscard]] WorkloadOptions workload_options(std::uint16_t port) const;

  const RunOptions& options_;
  const Progress& progress_;
  Results& results_;
  std::size_t directories_ = 0;
  std::string public_key_file_;
  std::unique_ptr<Pool> signed_;  ///< Signing takes seconds, so all rounds send the same deliveries, each to a new database.
};

}  // namespace ledger::bench
