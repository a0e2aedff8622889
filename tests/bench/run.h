// Which trials a run has, in which order, and what becomes of them.
#pragma once

#include "tests/bench/progress.h"
#include "tests/bench/results.h"
#include "tests/bench/systems.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

struct RunOptions {
  Tools tools;
  std::string directory;          ///< Of the report, and of databases meanwhile; on the disk that is measured.
  std::vector<std::string> only;  ///< Workloads, and "disk", "growth"; empty: all.
  std::vector<std::size_t> connections = {1, 16, 64, 256};
  bool every_peer = true;  ///< At 64 connections; else the peers that the goals name.
  std::size_t rounds = 3;
  double warm_up_s = 0.4;
  double window_s = 1.3;
  std::size_t locations = 10'000;
  std::uint64_t events_small = 100'000;    ///< Of growth.
  std::uint64_t events_large = 5'000'000;  ///< Of growth.

  [[nodiscard]] bool wants(std::string_view name) const;
};

/// Where databases are; empty before and after a run.
[[nodiscard]] std::string data_directory(const RunOptions& options);

/// All that is wanted. Systems take turns round by round, so that what the machine does meanwhile hits all of them. A row whose answers were not as
/// expected has a failure instead of numbers, and the run goes on.
[[nodiscard]] Results run(const RunOptions& options, const Progress& progress);

}  // namespace ledger::bench
