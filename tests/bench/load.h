// The load generator: one thread, many connections that are kept alive, and the time of every answer.
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
  /// Not measured. Where it is not 0, it also lasts until every connection had an answer: some servers take a second to accept them all.
  double warm_up_s = 0.5;
  double window_s = 5;  ///< Measured.
  /// 0: a closed loop, each connection sends when it has its answer. Else an open one: requests are due so many times a second whatever the answers
  /// do, and the time of one counts from when it was due, though every connection was busy then.
  double rate = 0;
  /// Called on the loop as the window begins and as it ends.
  std::function<void()> on_window_begin = [] {};
  std::function<void()> on_window_end = [] {};
};

struct LoadResult {
  std::uint64_t answered = 0;         ///< In the window.
  std::uint64_t answered_in_all = 0;  ///< Also before it and behind it.
  std::uint64_t body_bytes = 0;       ///< Of all requests that were sent.
  std::uint64_t unexpected = 0;       ///< Answers other than expected, at any time.
  std::string first_unexpected;       ///< What it said, shortened.
  std::uint64_t overdue = 0;          ///< Of an open loop: due within the window, and not sent by its end.
  double window_s = 0;                ///< As it was: shorter where the requests ran out.
  Histogram latency;                  ///< Nanoseconds, of what was answered in the window.
  std::uint64_t longest_gap_ns = 0;   ///< Between two answers in the window.

  [[nodiscard]] double per_second() const noexcept { return window_s > 0 ? static_cast<double>(answered) / window_s : 0; }
};

/// Loads the server until the window ends or `requests` do, then waits for the answers that are owed. Throws std::runtime_error when it cannot
/// connect, a connection breaks, an answer cannot be read, or none came for 30 s.
[[nodiscard]] LoadResult run_load(const LoadOptions& options, Requests& requests);

}  // namespace ledger::bench
