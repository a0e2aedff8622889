// Tests of the marks: which numbers decide each.
#include "tests/bench/goals.h"

#include "tests/bench/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ledger::bench::goals_test {
namespace {

Measurement& add(Results& results, std::string_view workload, std::string_view system, std::size_t connections, double per_second = kNone) {
  Row row{.workload = std::string(workload), .system = std::string(system), .connections = connections};
  row.rounds.emplace_back();
  row.rounds.back().per_second = per_second;
  results.rows.push_back(std::move(row));
  return results.rows.back().rounds.back();
}

Goal goal(const Results& results, const std::string& words) {
  const auto goals = judge_goals(results);
  const auto found = std::find_if(goals.begin(), goals.end(), [&](const Goal& candidate) { return candidate.line.find(words) != std::string::npos; });
  EXPECT_NE(found, goals.end()) << words;
  return found == goals.end() ? Goal{} : *found;
}

TEST(Goals, AreAllListedIfNothingWasMeasured) {
  const auto goals = judge_goals(Results{});
  const auto has_mark = [](const Goal& each) { return !each.mark.empty(); };
  EXPECT_EQ(std::count_if(goals.begin(), goals.end(), has_mark), 13);
  EXPECT_TRUE(std::is_partitioned(goals.begin(), goals.end(), has_mark)) << "lines with a mark come first";
  for (const Goal& each : goals) EXPECT_FALSE(each.is_reached) << each.line;
}

TEST(Goals, HoldLateUpdatesAgainstNewAssociations) {
  Results results;
  add(results, "ingest", kLedger, 64, 20'000);
  add(results, "ingest-late", kLedger, 64, 9'999);
  const std::string line = "ingest-late, 64 connections, share of the rate of ingest";
  EXPECT_EQ(goal(results, line).is_reached, false);
  Results better;
  add(better, "ingest", kLedger, 64, 20'000);
  add(better, "ingest-late", kLedger, 64, 10'001);
  EXPECT_EQ(goal(better, line).is_reached, true);
}

TEST(Goals, CompareRatesWithFastify) {
  Results results;
  add(results, "ingest", kLedger, 64, 27'000).cpu_s_per_1000 = 0.04;
  add(results, "ingest", kFastify, 64, 3'000).cpu_s_per_1000 = 0.25;
  add(results, "ingest", kFastifyGrouped, 64, 14'000);
  add(results, "ingest-deletions", kLedger, 64, 17'999);
  add(results, "ingest-deletions", kFastify, 64, 3'000);
  add(results, "ingest-signed", kLedger, 64, 13'500);
  add(results, "ingest", kLedger, 1, 1'300);
  add(results, "ingest", kFastify, 1, 1'000);
  add(results, "query-location", kLedger, 64, 30'000);
  add(results, "query-location", kFastify, 64, 6'000);
  const Goal alone = goal(results, "ingest, 64 connections, against Fastify with a commit each");
  EXPECT_EQ(alone.measured, "9.00x: 27,000/s against 3,000/s; CPU 0.040 s per 1,000 against 0.250 s");
  EXPECT_EQ(alone.mark, "≥ 9.0x");
  EXPECT_EQ(alone.is_reached, true);
  EXPECT_EQ(goal(results, "ingest, 64 connections, against Fastify with group commit").is_reached, false);
  EXPECT_EQ(goal(results, "ingest-deletions, 64 connections, against Fastify with a commit each").is_reached, false);
  EXPECT_EQ(goal(results, "ingest-deletions, 64 connections, against Fastify with group commit").is_reached, std::nullopt);
  EXPECT_EQ(goal(results, "ingest-signed").is_reached, true);
  EXPECT_EQ(goal(results, "one connection").is_reached, true);
  EXPECT_EQ(goal(results, "query-location").is_reached, false);
}

TEST(Goals, LimitTheCostOfLittleTraffic) {
  Results results;
  Measurement& paced = add(results, "paced", kLedger, kPacedConnections, 1'000);
  paced.server_cores = 0.25;
  paced.p99_us = 1'500;
  EXPECT_EQ(goal(results, "paced").measured, "0.250 of a core at 1,000/s, p99 1.5 ms");
  EXPECT_EQ(goal(results, "paced").is_reached, true);
  add(results, kIdle, kLedger, 0).server_cores = 0.0011;
  EXPECT_EQ(goal(results, "idle").measured, "0.110 % of a core");
  EXPECT_EQ(goal(results, "idle").is_reached, false);
}

TEST(Goals, CompareTheLargeDatabaseWithTheSmallOne) {
  Results results;
  results.growth.events = 5'000'000;
  results.growth.events_small = 100'000;
  add(results, "ingest", kLedgerSmall, 64, 10'000);
  Measurement& large = add(results, "ingest", kLedgerLarge, 64, 5'000);
  large.max_us = 140'000;
  large.gap_us = 150'000;
  large.rss_max_mib = 30;
  add(results, "ingest", kLedgerForeignReader, 64, 5'000).max_us = 150'001;
  add(results, "history", kLedgerLarge, 16, 8'000).rss_max_mib = 50;
  EXPECT_EQ(goal(results, "ingest at 5,000,000 events").measured, "50 %: 5,000/s against 10,000/s");
  EXPECT_EQ(goal(results, "ingest at 5,000,000 events").is_reached, true);
  EXPECT_EQ(goal(results, "longest stall of ingest").measured, "150 ms") << "the longer of max and gap";
  EXPECT_EQ(goal(results, "longest stall of ingest").is_reached, true);
  EXPECT_EQ(goal(results, "another program").is_reached, false);
  EXPECT_EQ(goal(results, "resident memory").measured, "50 MiB") << "the largest of all rows";
}

TEST(Goals, IgnoreARowThatFailed) {
  Results results;
  add(results, "ingest", kLedger, 64, 36'000);
  add(results, "ingest", kFastify, 64, 3'000);
  results.rows.front().failure = "429";
  EXPECT_FALSE(goal(results, "ingest, 64 connections, against Fastify with a commit each").is_reached);
}

}  // namespace
}  // namespace ledger::bench::goals_test
