// The marks.
#include "tests/bench/goals.h"

#include "tests/bench/block.h"
#include "tests/bench/numbers.h"
#include "tests/bench/workloads.h"

#include <cmath>
#include <utility>

namespace ledger::bench {
namespace {

/// Nothing measurable: a thread that wakes up once a second takes less.
constexpr double kIdleCoresMax = 0.001;
constexpr double kPacedCoresMax = 0.25;
constexpr double kLargeShareMin = 0.5;
constexpr double kLateShareMin = 0.5;
constexpr double kStallMaxUs = 150'000;

std::optional<bool> is_at_least(double value, double bound) {
  return std::isnan(value) ? std::nullopt : std::optional(value >= bound);
}

std::optional<bool> is_at_most(double value, double bound) {
  return std::isnan(value) ? std::nullopt : std::optional(value <= bound);
}

std::string per_second(double rate) {
  return whole(rate) + "/s";
}

class Judge {
 public:
  explicit Judge(const Results& results) : results_(results), events_(whole(results.growth.events) + " events") {}

  std::vector<Goal> all() {
    against_fastify();
    cost();
    large_database();
    late_events();
    information();
    large_information();
    return std::move(goals_);
  }

 private:
  [[nodiscard]] Measurement large(std::string_view system) const { return results_.find("ingest", system, kManyConnections); }

  void add_ratio(std::string line, const Measurement& ours, const Measurement& theirs, double least) {
    const double ratio = ours.per_second / theirs.per_second;
    std::string measured = "–";
    if (!std::isnan(ratio)) {
      measured = times(ratio) + ": " + per_second(ours.per_second) + " against " + per_second(theirs.per_second) + "; CPU " +
                 decimal(ours.cpu_s_per_1000, 3) + " s per 1,000 against " + decimal(theirs.cpu_s_per_1000, 3) + " s";
    }
    goals_.push_back({std::move(line), "≥ " + decimal(least, 1) + "x", std::move(measured), is_at_least(ratio, least)});
  }

  void against_fastify() {
    for (const auto& [workload, least] : {std::pair<std::string, double>("ingest-deletions", 6), {"ingest", 9}}) {
      const Measurement ours = results_.find(workload, kLedger, kManyConnections);
      const std::string line = workload + ", 64 connections, against Fastify with ";
      add_ratio(line + "a commit each", ours, results_.find(workload, kFastify, kManyConnections), least);
      add_ratio(line + "group commit", ours, results_.find(workload, kFastifyGrouped, kManyConnections), 2);
    }
    add_ratio("ingest, one connection, against Fastify", results_.find("ingest", kLedger, 1), results_.find("ingest", kFastify, 1), 1.2);
    add_ratio("ingest-signed, 64 connections, against unsigned Fastify with a commit each", results_.find("ingest-signed", kLedger, kManyConnections),
              results_.find("ingest", kFastify, kManyConnections), 4.5);
    add_ratio("query-location, 64 connections, against Fastify", results_.find("query-location", kLedger, kManyConnections),
              results_.find("query-location", kFastify, kManyConnections), 6);
  }

  void cost() {
    const Measurement paced = results_.find("paced", kLedger, kPacedConnections);
    std::string measured = "–";
    if (!std::isnan(paced.server_cores)) {
      measured = decimal(paced.server_cores, 3) + " of a core at " + per_second(paced.per_second) + ", p99 " + duration(paced.p99_us);
    }
    goals_.push_back({"paced: 1,000 deliveries a second, open loop, 16 connections", "≤ " + decimal(kPacedCoresMax, 2) + " of a core",
                      std::move(measured), is_at_most(paced.server_cores, kPacedCoresMax)});
    const double idle = results_.find(kIdle, kLedger, 0).server_cores;
    goals_.push_back({"idle: no requests", "≤ " + decimal(100 * kIdleCoresMax, 1) + " % of a core",
                      std::isnan(idle) ? "–" : decimal(100 * idle, 3) + " % of a core", is_at_most(idle, kIdleCoresMax)});
  }

  void late_events() {
    const double late = results_.find("ingest-late", kLedger, kManyConnections).per_second;
    const double calm = results_.find("ingest", kLedger, kManyConnections).per_second;
    const double share = late / calm;
    goals_.push_back({"ingest-late, 64 connections, share of the rate of ingest", "≥ " + whole(100 * kLateShareMin) + " %",
                      std::isnan(share) ? "–" : whole(100 * share) + " %: " + per_second(late) + " against " + per_second(calm),
                      is_at_least(share, kLateShareMin)});
  }

  void add_stall(const std::string& line, std::string_view system) {
    const double stall = large(system).stall_us();
    goals_.push_back({line, "≤ " + duration(kStallMaxUs), duration(stall), is_at_most(stall, kStallMaxUs)});
  }

  void large_database() {
    const double small = large(kLedgerSmall).per_second;
    const double rate = large(kLedgerLarge).per_second;
    const double share = rate / small;
    goals_.push_back({"ingest at " + events_ + ", 64 connections, share of the rate at " + whole(results_.growth.events_small),
                      "≥ " + whole(100 * kLargeShareMin) + " %",
                      std::isnan(share) ? "–" : whole(100 * share) + " %: " + per_second(rate) + " against " + per_second(small),
                      is_at_least(share, kLargeShareMin)});
    add_stall("longest stall of ingest at " + events_, kLedgerLarge);
    add_stall("the same while another program holds a read transaction", kLedgerForeignReader);
  }

  void add_information(std::string line, std::string measured) { goals_.push_back({std::move(line), "", std::move(measured), std::nullopt}); }

  void add_row(const std::string& line, const Measurement& measured) {
    if (std::isnan(measured.per_second)) return add_information(line, "–");
    add_information(line, per_second(measured.per_second) + ", p99 " + duration(measured.p99_us) + "; CPU " + decimal(measured.cpu_s_per_1000, 3) +
                              " s per 1,000");
  }

  void information() {
    add_row("ingest, 16 connections", results_.find("ingest", kLedger, 16));
    add_row("ingest-duplicates, 64 connections", results_.find("ingest-duplicates", kLedger, kManyConnections));
    add_row("ingest-relations, 64 connections", results_.find("ingest-relations", kLedger, kManyConnections));
    add_row("query-relations, 16 connections", results_.find("query-relations", kLedger, 16));
    add_row("query-304, 64 connections", results_.find("query-304", kLedger, kManyConnections));
    add_row("feed-page, 16 connections", results_.find("feed-page", kLedger, 16));
  }

  void large_information() {
    const Growth& growth = results_.growth;
    for (const std::string_view workload : kLargeDatabaseWorkloads) {
      add_row(std::string(workload) + " at " + events_ + ", 16 connections", results_.find(workload, kLedgerLarge, 16));
    }
    add_row("ingest-deletions at " + events_ + ", 64 connections", results_.find("ingest-deletions", kLedgerLarge, kManyConnections));
    add_information("longest stall after that other program has ended", duration(large(kLedgerReaderEnded).stall_us()));
    double rss = kNone;
    for (const Row& row : results_.rows) {
      if (row.system == kLedgerLarge && row.is_measured()) rss = std::fmax(rss, median(row.rounds).rss_max_mib);
    }
    add_information("resident memory at " + events_, decimal(rss, 0) + " MiB");
    add_information("bytes on disk per event, without the body", whole(growth.bytes_per_event));
    add_information("start after kill -9 under load at " + events_, duration(growth.cold_start_s * 1e6));
    add_information("verify", per_second(growth.verify_per_second) + ", " + decimal(growth.verify_rss_mib, 0) + " MiB");
    add_information("rebuild", per_second(growth.rebuild_per_second) + ", " + decimal(growth.rebuild_rss_mib, 0) + " MiB");
  }

  const Results& results_;
  const std::string events_;
  std::vector<Goal> goals_;
};

}  // namespace

std::vector<Goal> judge_goals(const Results& results) {
  return Judge(results).all();
}

}  // namespace ledger::bench
