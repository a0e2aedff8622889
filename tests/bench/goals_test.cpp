// Tests of the goals: which numbers each is judged by.
#include "tests/bench/goals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ledger::bench::goals_test {
namespace {

using testing::HasSubstr;

void add(Results& results, const std::string& workload, std::string_view system, std::size_t connections, double per_second, double p99_us = kNone) {
  Row row{.workload = workload, .system = std::string(system), .connections = connections};
  row.rounds.emplace_back();
  row.rounds.back().per_second = per_second;
  row.rounds.back().p99_us = p99_us;
  results.rows.push_back(std::move(row));
}

Goal goal(const Results& results, const std::string& words) {
  const auto goals = judge_goals(results);
  const auto found = std::find_if(goals.begin(), goals.end(), [&](const Goal& candidate) { return candidate.what.find(words) != std::string::npos; });
  EXPECT_NE(found, goals.end()) << words;
  return found == goals.end() ? Goal{} : *found;
}

TEST(Goals, AreAllListedThoughNothingWasMeasured) {
  const auto goals = judge_goals(Results{});
  EXPECT_EQ(goals.size(), 19U);
  for (const Goal& each : goals) {
    EXPECT_FALSE(each.least.is_reached) << each.what;
    EXPECT_FALSE(each.aim.is_reached) << each.what;
  }
}

TEST(Goals, CompareThroughputWithThePeer) {
  Results results;
  add(results, "ingest", kLedger, 64, 36'000, 3'000);
  add(results, "ingest", "fastify", 64, 3'000, 30'000);
  add(results, "ingest", "fastify-grouped", 64, 18'000, 6'000);
  add(results, "ingest-signed", kLedger, 64, 15'000);
  const Goal alone = goal(results, "64 connections, against `fastify`");
  EXPECT_EQ(alone.measured, "12.00x: 36,000/s against 3,000/s");
  EXPECT_EQ(alone.least.is_reached, true);
  EXPECT_EQ(alone.aim.is_reached, false);
  EXPECT_EQ(goal(results, "64 connections, against `fastify-grouped`").least.is_reached, false);
  EXPECT_EQ(goal(results, "64 connections, p99").least.is_reached, true);
  EXPECT_EQ(goal(results, "64 connections, p99").aim.is_reached, false);
  EXPECT_EQ(goal(results, "ingest-signed").measured, "5.00x: 15,000/s against 3,000/s");
  EXPECT_EQ(goal(results, "ingest-signed").least.is_reached, true);
}

TEST(Goals, CompareOneConnectionWithTheDisk) {
  Results results;
  add(results, "ingest", kLedger, 1, 1'600);
  results.rows.back().rounds.back().p50_us = 500;
  add(results, "ingest", "fastify", 1, 1'000);
  results.disk.append_sync_p50_us = 200;
  const Goal one = goal(results, "one connection");
  EXPECT_THAT(one.measured, HasSubstr("2.5 commits"));
  EXPECT_EQ(one.least.is_reached, true);
  EXPECT_EQ(one.aim.is_reached, false);
}

TEST(Goals, OfTheLargeDatabaseTakeItsWorst) {
  Results results;
  add(results, "ingest", kLedgerSmall, 64, 10'000);
  add(results, "ingest", kLedgerLarge, 64, 8'000);
  results.rows.back().rounds.back().max_us = 40'000;
  results.rows.back().rounds.back().gap_us = 60'000;
  results.rows.back().rounds.back().rss_max_mib = 30;
  add(results, "history", kLedgerLarge, 16, 8'000, 1'500);
  results.rows.back().rounds.back().rss_max_mib = 50;
  results.growth.events = 5'000'000;
  results.growth.cold_start_s = 0.15;
  EXPECT_EQ(goal(results, "of that at").measured, "80 %: 8,000/s against 10,000/s");
  EXPECT_EQ(goal(results, "longest stall").measured, "60.0 ms");
  EXPECT_EQ(goal(results, "longest stall").aim.is_reached, false);
  EXPECT_EQ(goal(results, "resident memory").measured, "50.0 MiB");
  EXPECT_EQ(goal(results, "cold start with 5,000,000").aim.is_reached, true);
  EXPECT_EQ(goal(results, "history at 5,000,000 events, 16").aim.is_reached, true);
}

TEST(Goals, DoNotJudgeByARowThatFailed) {
  Results results;
  add(results, "ingest", kLedger, 64, 36'000);
  add(results, "ingest", "fastify", 64, 3'000);
  results.rows.front().failure = "429";
  EXPECT_FALSE(goal(results, "64 connections, against `fastify`").least.is_reached);
}

}  // namespace
}  // namespace ledger::bench::goals_test
