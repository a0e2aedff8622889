// All that a run measured.
#pragma once

#include "tests/bench/measurement.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

/// How requests come: each connection waits for its answer, or they are due at a rate.
enum class Loop { closed, open };

/// One line of a table.
struct Row {
  std::string workload{};
  std::string system{};
  std::string commits{};  ///< As System::commits.
  std::size_t connections = 0;
  Loop loop = Loop::closed;
  double rate = 0;  ///< Of an open loop, requests per second; differs by system.
  std::vector<Measurement> rounds{};
  bool is_skipped = false;  ///< Its program is not installed.
  std::string failure{};    ///< Why there is nothing to report; empty when all went as expected.

  [[nodiscard]] bool is_measured() const noexcept { return failure.empty() && !rounds.empty(); }
};

/// What the disk alone can do.
struct DiskCeilings {
  double append_sync_p50_us = kNone;  ///< 4 KiB appended to a file, then fdatasync.
  double append_sync_p99_us = kNone;
  double append_syncs_per_second = kNone;
  double inserts_alone_per_second = kNone;    ///< Rows into one SQLite table, a commit for each.
  double inserts_grouped_per_second = kNone;  ///< The same, 64 to a commit.
};

/// What is measured of one large database beside the requests to it.
struct Growth {
  double events = kNone;  ///< When it was filled.
  double events_small = kNone;
  double locations = kNone;
  double fill_per_second = kNone;
  double bytes_per_event = kNone;  ///< Beyond the bodies.
  double cold_start_s = kNone;     ///< The slowest.
  double verify_per_second = kNone;
  double verify_rss_mib = kNone;
  double rebuild_per_second = kNone;
  double rebuild_rss_mib = kNone;
};

struct Results {
  std::vector<Row> rows;
  DiskCeilings disk;
  Growth growth;
  std::vector<std::string> notices;   ///< What could not be measured, and why.
  std::vector<std::string> failures;  ///< What should have been measured and failed, other than rows.

  /// The medians of a row; all kNone when there is no such row, or it failed.
  [[nodiscard]] Measurement find(std::string_view workload, std::string_view system, std::size_t connections, Loop loop = Loop::closed) const;
};

// Names of systems that are only in tables, or that goals ask for.
inline constexpr std::string_view kLedger = "ledger";
inline constexpr std::string_view kLedgerSmall = "ledger, small";
inline constexpr std::string_view kLedgerLarge = "ledger, large";
inline constexpr std::string_view kLedgerInfo = "ledger, log at info";

}  // namespace ledger::bench
