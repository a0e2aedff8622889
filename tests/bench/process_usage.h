// The processor time and memory of processes.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace ledger::bench {

struct ProcessUsage {
  double cpu_s = 0;                 ///< Since the start, in user and in kernel mode, with nanosecond resolution.
  std::uint64_t rss_max_bytes = 0;  ///< The largest resident memory. Shared memory counts for each process.
};

/// The sums over a process and its running descendants. A process that has ended adds nothing.
[[nodiscard]] ProcessUsage usage_with_descendants(pid_t root);

/// The processor seconds of this process.
[[nodiscard]] double own_cpu_s();

}  // namespace ledger::bench
