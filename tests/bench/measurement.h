// What a trial gives, and what is made of several.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace ledger::bench {

/// Not measured.
inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Measurement {
  double per_second = kNone;  ///< Requests answered as expected.
  double p50_us = kNone;
  double p99_us = kNone;
  double p999_us = kNone;
  double max_us = kNone;
  double gap_us = kNone;           ///< Longest time between two answers.
  double server_cores = kNone;     ///< Processor seconds of the server per second.
  double generator_cores = kNone;  ///< The same of the generator.
  double rss_max_mib = kNone;      ///< The most resident memory of the server.
  double rss_end_mib = kNone;      ///< The same at the end of the window.
  double syncs_per_second = kNone;
  double bytes_per_event = kNone;   ///< Of the database after an orderly end, beyond bodies and signatures.
  double overdue_per_cent = kNone;  ///< Of an open loop: of what was due, what was never sent.

  [[nodiscard]] double requests_per_sync() const noexcept { return per_second / syncs_per_second; }
};

/// The middle one; of an even number, the mean of the two in the middle. What was not measured does not count; kNone when nothing was.
[[nodiscard]] double median(std::span<const double> values);

/// Field by field: medians, but the worst of `max_us` and `gap_us`.
[[nodiscard]] Measurement median(std::span<const Measurement> rounds);

}  // namespace ledger::bench
