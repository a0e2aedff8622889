// The load generator: one thread with many persistent connections. It records the latency of every response.
#pragma once

#include "tests/bench/histogram.h"
#include "tests/bench/requests.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace ledger::bench {

struct LoadOptions {
  std::uint16_t port = 0;  ///< On 127.0.0.1.
  std::size_t connections = 1;
  /// Seconds before the window. If not 0, the window also waits until every connection has had a response.
  double warm_up_s = 0.5;
  double window_s = 5;  ///< Seconds that are measured.
  /// 0: a closed loop; each connection sends its next request when it has its response. Otherwise an open loop: so many requests are due each second,
  /// evenly spaced, whatever the responses do. The latency of a request counts from the time it was due.
  double rate = 0;
  /// Called by the load generator at the start and at the end of the window.
  std::function<void()> on_window_begin = [] {};
  std::function<void()> on_window_end = [] {};
};

struct LoadResult {
  std::uint64_t answered = 0;         ///< Responses in the window.
  std::uint64_t answered_in_all = 0;  ///< Also those before and after it.
  std::uint64_t unexpected = 0;       ///< Responses other than expected, at any time.
  std::string first_unexpected;       ///< The status and the beginning of the first of them.
  std::uint64_t unsent = 0;           ///< Open loop only: requests due before the end of the window and not sent.
  double window_s = 0;                ///< The length of the window; shorter than asked if the requests ran out.
  Histogram latency;                  ///< Nanoseconds, of the responses in the window.
  std::uint64_t longest_gap_ns = 0;   ///< Between two responses in the window.

  [[nodiscard]] double per_second() const noexcept { return window_s > 0 ? static_cast<double>(answered) / window_s : 0; }
};

/// Sends requests until the window ends or `requests` does, then waits for the outstanding responses. Throws std::runtime_error if a connection
/// cannot be made or breaks, if a response cannot be read, or if none came for 30 s.
[[nodiscard]] LoadResult run_load(const LoadOptions& options, Requests& requests);

}  // namespace ledger::bench
