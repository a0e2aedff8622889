// Tests of the report: what a reader sees of results.
#include "tests/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::bench::report_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Heading heading() {
  return {"./dev bench", "2026-11-25 12:00 UTC", "abc1234", "one round", {{"machine", "2 cores"}}, {{"ledger", "synchronous=FULL"}}};
}

Row row(std::string system, Loop loop) {
  Row made{.workload = "ingest", .system = std::move(system), .commits = "FULL, each", .connections = 64, .loop = loop};
  Measurement measured;
  measured.per_second = 30'000;
  measured.p50_us = 2'000;
  measured.p99_us = 4'000;
  measured.p999_us = 5'000;
  measured.max_us = 6'000;
  measured.gap_us = 3'000;
  measured.server_cores = 1.25;
  measured.generator_cores = 0.5;
  measured.rss_max_mib = 20;
  measured.rss_end_mib = 19.5;
  measured.syncs_per_second = 1'000;
  measured.bytes_per_event = 250;
  made.rounds = {measured};
  return made;
}

TEST(Report, SaysWhatItIsOf) {
  EXPECT_THAT(to_markdown(Results{}, heading()), StartsWith("# How fast the ledger is\n"
                                                            "\n"
                                                            "Written by `./dev bench` from what it measured, and by nobody's hand.\n"
                                                            "\n"
                                                            "| | |\n"
                                                            "|---|---|\n"
                                                            "| date | 2026-11-25 12:00 UTC |\n"
                                                            "| commit | abc1234 |\n"
                                                            "| extent | one round |\n"
                                                            "| machine | 2 cores |\n"));
}

TEST(Report, HasALineForEachRow) {
  Results results;
  results.rows = {row("ledger", Loop::closed), row("ledger", Loop::open)};
  results.rows.back().rate = 15'000;
  results.rows.back().rounds.back().overdue_per_cent = 0.25;
  const std::string text = to_markdown(results, heading());
  EXPECT_THAT(text, HasSubstr("\n### ingest\n"));
  EXPECT_THAT(
      text,
      HasSubstr("| ledger | FULL, each | 64 | 30,000 | 2,000 | 4,000 | 5,000 | 6,000 | 3,000 | 1.25 | 0.50 | 20.0 | 19.5 | 1,000 | 30.0 | 250 |\n"));
  EXPECT_THAT(text, HasSubstr("| ledger | FULL, each | 64 | 15,000 | 30,000 |"));
  EXPECT_THAT(text, HasSubstr("| 250 | 0.2 |\n"));
  EXPECT_THAT(text, Not(HasSubstr("### mixed"))) << "nothing of what was not measured";
}

TEST(Report, ShowsAFailureInsteadOfNumbers) {
  Results results;
  results.rows = {row("ledger", Loop::closed)};
  results.rows.back().failure = "3 answers were not as expected: 429 | queue";
  results.failures = {"growth, verify FAILED: 3"};
  results.notices = {"nginx was not measured"};
  const std::string text = to_markdown(results, heading());
  EXPECT_THAT(text, HasSubstr("| ledger | FULL, each | 64 | **FAILED**: 3 answers were not as expected: 429 / queue |\n"));
  EXPECT_THAT(text, Not(HasSubstr("30,000")));
  EXPECT_THAT(text, HasSubstr("\n**growth, verify FAILED: 3**\n"));
  EXPECT_THAT(text, HasSubstr("\nnginx was not measured\n"));
}

TEST(Report, ComparesTheLedgerWithEachOther) {
  Results results;
  results.rows = {row("ledger", Loop::closed), row("fastify", Loop::closed)};
  results.rows.back().rounds.back().per_second = 3'000;
  results.rows.back().rounds.back().p99_us = 16'000;
  EXPECT_THAT(to_markdown(results, heading()), HasSubstr("| ingest | 64 | fastify | 10.0x | 0.25 |\n"));
}

TEST(Report, TellsOfEachGoalWhetherItWasReached) {
  Results results;
  results.rows = {row("ledger", Loop::closed), row("fastify", Loop::closed)};
  results.rows.back().rounds.back().per_second = 2'500;
  const std::string text = to_markdown(results, heading());
  EXPECT_THAT(
      text, HasSubstr("| ingest, unsigned, 64 connections, against `fastify` | 12.00x: 30,000/s against 2,500/s | 10.0x | yes | 15.0x | **no** |\n"));
  EXPECT_THAT(text, HasSubstr("| ingest, unsigned, 64 connections, against `fastify-grouped` | – | 2.5x | not measured | 4.0x | not measured |\n"));
}

TEST(Report, EndsWithWhatItDoesNotShow) {
  EXPECT_THAT(to_markdown(Results{}, heading()), HasSubstr("\n## What this does not show\n\n- A network: "));
}

}  // namespace
}  // namespace ledger::bench::report_test
