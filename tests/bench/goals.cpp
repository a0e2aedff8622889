// The goals, one after the other.
#include "tests/bench/goals.h"

#include "tests/bench/numbers.h"
#include "tests/bench/workloads.h"

#include <array>
#include <cmath>

namespace ledger::bench {
namespace {

/// The connections at which queries on the large database are judged: enough to keep the readers busy, too few to measure nothing but the queue.
constexpr std::array<std::size_t, 2> kQueryConnections = {1, 16};

std::optional<bool> is_at_least(double value, double bound) {
  return std::isnan(value) || std::isnan(bound) ? std::nullopt : std::optional(value >= bound);
}

std::optional<bool> is_at_most(double value, double bound) {
  return std::isnan(value) || std::isnan(bound) ? std::nullopt : std::optional(value <= bound);
}

class Judge {
 public:
  explicit Judge(const Results& results) : results_(results) {}

  std::vector<Goal> all() {
    against_peers();
    one_connection();
    signed_deliveries();
    queries();
    growth();
    commands();
    large_queries();
    return std::move(goals_);
  }

 private:
  [[nodiscard]] double rate(std::string_view workload, std::string_view system, std::size_t connections) const {
    return results_.find(workload, system, connections).per_second;
  }

  /// "12.32x: 34,000/s against 2,760/s". With two digits, so that 1.47x is not taken for the 1.5x that it missed.
  static std::string compared(double ours, double theirs) {
    if (std::isnan(ours / theirs)) return "–";
    return decimal(ours / theirs, 2) + "x: " + whole(ours) + "/s against " + whole(theirs) + "/s";
  }

  void add_ratio(std::string what, double ours, double theirs, double least, double aim) {
    const double ratio = ours / theirs;
    goals_.push_back({std::move(what), compared(ours, theirs), {times(least), is_at_least(ratio, least)}, {times(aim), is_at_least(ratio, aim)}});
  }

  void against_peers() {
    const double ours = rate("ingest", kLedger, 64);
    add_ratio("ingest, unsigned, 64 connections, against `fastify`", ours, rate("ingest", "fastify", 64), 10, 15);
    add_ratio("ingest, unsigned, 64 connections, against `fastify-grouped`", ours, rate("ingest", "fastify-grouped", 64), 2.5, 4);
    for (const std::size_t connections : {std::size_t{16}, std::size_t{64}}) {
      const double p99 = results_.find("ingest", kLedger, connections).p99_us;
      const double theirs = results_.find("ingest", "fastify-grouped", connections).p99_us;
      const std::string measured = std::isnan(p99 + theirs) ? "–" : duration(p99) + " against " + duration(theirs);
      goals_.push_back({"ingest, unsigned, " + std::to_string(connections) + " connections, p99 against `fastify-grouped`",
                        measured,
                        {"below it", is_at_most(p99, theirs)},
                        {"a third of it", is_at_most(p99, theirs / 3)}});
    }
  }

  void one_connection() {
    const Measurement ours = results_.find("ingest", kLedger, 1);
    const double theirs = rate("ingest", "fastify", 1);
    const double commits = ours.p50_us / results_.disk.append_sync_p50_us;
    std::string measured = compared(ours.per_second, theirs);
    if (!std::isnan(commits)) measured += "; p50 is the time of " + decimal(commits, 1) + " commits (4 KiB appended, then fdatasync)";
    goals_.push_back({"ingest, unsigned, one connection, against `fastify`",
                      measured,
                      {times(1.5), is_at_least(ours.per_second / theirs, 1.5)},
                      {"p50 within two commits' time", is_at_most(commits, 2)}});
  }

  void signed_deliveries() {
    add_ratio("ingest-signed, Ed25519, 64 connections, against unsigned `fastify`", rate("ingest-signed", kLedger, 64), rate("ingest", "fastify", 64),
              5, 8);
  }

  void queries() {
    const double ours = rate("query-location", kLedger, 64);
    const double theirs = rate("query-location", "fastify", 64);
    const double ceiling = rate("query-location", "nginx", 64);
    std::string measured = compared(ours, theirs);
    if (!std::isnan(ours / ceiling)) measured += "; " + decimal(100 * ours / ceiling, 0) + " % of nginx";
    goals_.push_back({"query-location, 20 associations, 64 connections, against `fastify`",
                      measured,
                      {times(10), is_at_least(ours / theirs, 10)},
                      {"nginx serving the same bytes from memory", is_at_least(ours / ceiling, 1)}});
  }

  void growth() {
    const Growth& growth = results_.growth;
    const double small = rate("ingest", kLedgerSmall, 64);
    const double large = rate("ingest", kLedgerLarge, 64);
    const double share = large / small;
    goals_.push_back({"ingest at " + whole(growth.events) + " events, of that at " + whole(growth.events_small),
                      std::isnan(share) ? "–" : decimal(100 * share, 0) + " %: " + whole(large) + "/s against " + whole(small) + "/s",
                      {"70 %", is_at_least(share, 0.70)},
                      {"85 %", is_at_least(share, 0.85)}});

    // Of the large database, where it was measured: in a small one, the ids of the locations weigh more.
    const double small_bytes = results_.find("ingest", kLedger, 64).bytes_per_event;
    const double bytes = std::isnan(growth.bytes_per_event) ? small_bytes : growth.bytes_per_event;
    goals_.push_back(
        {"bytes on disk per event, beyond the body and signature", whole(bytes), {"300", is_at_most(bytes, 300)}, {"200", is_at_most(bytes, 200)}});

    double rss = results_.find("ingest", kLedgerLarge, 64).rss_max_mib;
    for (const Row& row : results_.rows) {
      if (row.system == kLedgerLarge && row.is_measured()) rss = std::fmax(rss, median(row.rounds).rss_max_mib);
    }
    goals_.push_back({"resident memory at " + whole(growth.events) + " events, under load",
                      decimal(rss, 1) + " MiB",
                      {"96 MiB", is_at_most(rss, 96)},
                      {"48 MiB", is_at_most(rss, 48)}});

    const Measurement at_large = results_.find("ingest", kLedgerLarge, 64);
    const double stall = std::fmax(at_large.max_us, at_large.gap_us);
    goals_.push_back({"longest stall of ingest at " + whole(growth.events) + " events, 64 connections, checkpoints included",
                      duration(stall),
                      {"250 ms", is_at_most(stall, 250'000)},
                      {"50 ms", is_at_most(stall, 50'000)}});
  }

  void commands() {
    const Growth& growth = results_.growth;
    goals_.push_back({"rebuild of " + whole(growth.events) + " events",
                      whole(growth.rebuild_per_second) + " events/s",
                      {"200,000 events/s", is_at_least(growth.rebuild_per_second, 200'000)},
                      {"400,000 events/s", is_at_least(growth.rebuild_per_second, 400'000)}});
    goals_.push_back({"cold start with " + whole(growth.events) + " events after kill -9, to ready",
                      duration(growth.cold_start_s * 1e6),
                      {"1 s", is_at_most(growth.cold_start_s, 1)},
                      {"0.2 s", is_at_most(growth.cold_start_s, 0.2)}});
  }

  void large_queries() {
    for (const std::string_view workload : kLargeDatabaseWorkloads) {
      for (const std::size_t connections : kQueryConnections) {
        const double p99 = results_.find(workload, kLedgerLarge, connections).p99_us;
        goals_.push_back({std::string(workload) + " at " + whole(results_.growth.events) + " events, " + std::to_string(connections) +
                              (connections == 1 ? " connection, p99" : " connections, p99"),
                          duration(p99),
                          {"10 ms", is_at_most(p99, 10'000)},
                          {"2 ms", is_at_most(p99, 2'000)}});
      }
    }
  }

  const Results& results_;
  std::vector<Goal> goals_;
};

}  // namespace

std::vector<Goal> judge_goals(const Results& results) {
  return Judge(results).all();
}

}  // namespace ledger::bench
