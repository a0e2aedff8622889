// The numbers of one trial, and their medians over several trials.
#pragma once

#include <cmath>
#include <limits>
#include <span>

namespace ledger::bench {

/// The value of a number that was not measured.
inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Measurement {
  double per_second = kNone;  ///< Expected responses per second.
  double p50_us = kNone;
  double p99_us = kNone;
  double p999_us = kNone;
  double max_us = kNone;
  double gap_us = kNone;           ///< The longest time between two responses.
  double cpu_s_per_1000 = kNone;   ///< Processor seconds of the service per 1,000 responses.
  double server_cores = kNone;     ///< Processor seconds of the service per second.
  double generator_cores = kNone;  ///< Processor seconds of the load generator per second.
  double rss_max_mib = kNone;      ///< The largest resident memory of the service since its start.
  double unsent_percent = kNone;   ///< Open loop only: requests that were due but not sent.

  /// The longest time that a client waited, or that all clients waited together.
  [[nodiscard]] double stall_us() const noexcept { return std::fmax(max_us, gap_us); }
};

/// The middle value, or the mean of the two middle values. Ignores kNone; returns kNone if nothing is left.
[[nodiscard]] double median(std::span<const double> values);

/// The median of each field, but the maximum of `max_us` and of `gap_us`.
[[nodiscard]] Measurement median(std::span<const Measurement> rounds);

}  // namespace ledger::bench
