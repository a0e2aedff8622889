// A whole run: which trials there are, and in which order.
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

/// The part of a run that is not a workload: the large database (growth.h).
inline constexpr std::string_view kGrowth = "growth";

struct RunOptions {
  Tools tools;
  std::string directory;          ///< For the reports, and for databases during the run. Its disk is measured.
  std::vector<std::string> only;  ///< Workloads, kIdle and kGrowth; empty: all.
  std::size_t rounds = 3;
  double warm_up_s = 0.5;
  double window_s = 2;
  double long_window_s = 6;  ///< Of kIdle and paced. At 1,000 deliveries a second, checkpoints are seconds apart.
  std::size_t locations = 10'000;
  std::uint64_t events_small = 100'000;    ///< Of kGrowth.
  std::uint64_t events_large = 5'000'000;  ///< Of kGrowth.

  [[nodiscard]] bool wants(std::string_view name) const;
};

/// The directory of all databases of a run. It does not exist before and after the run.
[[nodiscard]] std::string data_directory(const RunOptions& options);

/// Measures everything that is wanted. The systems of a workload are measured in turns, so a change of the machine's speed affects all of them. A row
/// that fails has a failure instead of numbers, and the run continues.
[[nodiscard]] Results run(const RunOptions& options, const Progress& progress);

}  // namespace ledger::bench
