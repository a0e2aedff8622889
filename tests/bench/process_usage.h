// What a process and its descendants use of the machine, as the kernel tells it.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace ledger::bench {

struct ProcessUsage {
  double cpu_s = 0;                 ///< Since their starts, in user and in kernel mode, with what ended children used.
  std::uint64_t rss_bytes = 0;      ///< Resident now. Memory that processes share counts once for each.
  std::uint64_t rss_max_bytes = 0;  ///< The most that each ever had, added up.
};

/// Nothing for a process that has ended.
[[nodiscard]] ProcessUsage usage_with_descendants(pid_t root);

/// Processor time of this process, seconds.
[[nodiscard]] double own_cpu_s();

}  // namespace ledger::bench
