// Trials that belong together: one workload, and systems that take turns.
#pragma once

#include "tests/bench/requests.h"
#include "tests/bench/run.h"
#include "tests/bench/trial.h"
#include "tests/bench/workloads.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ledger::bench {

struct Block {
  std::string workload;
  std::vector<System> systems;
  std::vector<std::size_t> connections;
  Loop loop = Loop::closed;
};

/// Runs blocks into `results`, in directories of its own below that of the options. Everything outlives it.
class BlockRunner {
 public:
  BlockRunner(const RunOptions& options, const Progress& progress, Results& results);

  /// Systems that are not there are left out. An open loop asks for half of what the same system did in the closed one, which must have been before.
  void run(const Block& block);

 private:
  void run_rounds(const Block& block, std::size_t connections);
  void run_trial(const System& system, Row& row);
  Measurement measure_once(const System& system, const Row& row);
  /// A new directory; or, for workloads that ask, one that holds what is asked for.
  std::string directory_for(const System& system, const std::string& workload);
  /// The directory of a database that has the locations that queries ask about; made once.
  std::string prepared(const System& reader);
  [[nodiscard]] bool is_prepared(const std::string& directory) const;
  std::string fresh_directory();
  void sign();
  /// With a new seed each time.
  [[nodiscard]] WorkloadOptions workload_options(std::uint16_t port) const;

  const RunOptions& options_;
  const Progress& progress_;
  Results& results_;
  std::size_t directories_ = 0;
  std::vector<std::pair<std::string, std::string>> prepared_;  ///< Directory by name of system.
  std::string public_key_file_;
  std::unique_ptr<Pool> signed_;  ///< Signing takes seconds: the same deliveries for each new database.
};

}  // namespace ledger::bench
