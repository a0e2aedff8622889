// All results of a run.
#pragma once

#include "tests/bench/measurement.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

/// One workload on one system with one number of connections.
struct Row {
  std::string workload{};
  std::string system{};
  std::size_t connections = 0;
  std::vector<Measurement> rounds{};
  std::string failure{};  ///< Why there are no numbers; empty if the row was measured.

  [[nodiscard]] bool is_measured() const noexcept { return failure.empty() && !rounds.empty(); }
};

/// Numbers of the large database that are not rows.
struct Growth {
  double events = kNone;  ///< After filling.
  double events_small = kNone;
  double locations = kNone;
  double fill_per_second = kNone;
  double bytes_per_event = kNone;  ///< On disk, without the bodies.
  double cold_start_s = kNone;     ///< The slowest start after kill -9.
  double verify_per_second = kNone;
  double verify_rss_mib = kNone;
  double rebuild_per_second = kNone;
  double rebuild_rss_mib = kNone;
};

struct Results {
  std::vector<Row> rows;
  Growth growth;
  std::vector<std::string> notices;   ///< What was left out, and why.
  std::vector<std::string> failures;  ///< What failed, except rows.

  /// Whether nothing failed.
  [[nodiscard]] bool is_complete() const;
  /// The medians of a row; all kNone if there is no such row or it failed.
  [[nodiscard]] Measurement find(std::string_view workload, std::string_view system, std::size_t connections) const;
};

// Names of systems. The last three are the ledger on the filled databases of growth.h.
inline constexpr std::string_view kLedger = "ledger";
inline constexpr std::string_view kFastify = "fastify";
inline constexpr std::string_view kFastifyGrouped = "fastify-grouped";
inline constexpr std::string_view kLedgerSmall = "ledger, small";
inline constexpr std::string_view kLedgerLarge = "ledger, large";
inline constexpr std::string_view kLedgerForeignReader = "ledger, large, foreign reader";
inline constexpr std::string_view kLedgerReaderEnded = "ledger, large, foreign reader ended";

// Numbers of connections that the marks name.
inline constexpr std::size_t kManyConnections = 64;
inline constexpr std::size_t kPacedConnections = 16;

}  // namespace ledger::bench
