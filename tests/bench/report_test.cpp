// Tests of the reports.
#include "tests/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace ledger::bench::report_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Heading heading() {
  return {"./dev bench", "2026-11-25 12:00 UTC", "abc1234", "one round", {{"machine", "2 cores"}}};
}

Row row(std::string_view system, double per_second) {
  Row made{.workload = "ingest", .system = std::string(system), .connections = 64};
  Measurement measured;
  measured.per_second = per_second;
  measured.p50_us = 2'000;
  measured.p99_us = 4'000;
  measured.p999_us = 5'000;
  measured.max_us = 6'000;
  measured.gap_us = 3'000;
  measured.cpu_s_per_1000 = 0.0416;
  measured.server_cores = 1.25;
  measured.generator_cores = 0.5;
  measured.rss_max_mib = 20;
  made.rounds = {measured};
  return made;
}

TEST(Report, ShowsALineForEachMark) {
  Results results;
  results.rows = {row(kLedger, 30'000), row(kFastify, 3'000), row(kFastifyGrouped, 20'000)};
  for (const std::string& text : {summary(results, heading()), full_report(results, heading())}) {
    EXPECT_THAT(text, HasSubstr("| ingest, 64 connections, against Fastify with a commit each | ≥ 9.0x | "
                                "10.00x: 30,000/s against 3,000/s; CPU 0.042 s per 1,000 against 0.042 s | yes |\n"));
    EXPECT_THAT(text, HasSubstr("with group commit | ≥ 2.0x | 1.50x: 30,000/s against 20,000/s; CPU 0.042 s per 1,000 against 0.042 s | **no** |\n"));
    EXPECT_THAT(text, HasSubstr("| idle: no requests | ≤ 0.1 % of a core | – | not measured |\n"));
    EXPECT_THAT(text, HasSubstr("| rebuild |  | –/s, – MiB |  |\n"));
  }
}

TEST(Report, NamesTheMachineAndTheCommand) {
  const std::string text = summary(Results{}, heading());
  EXPECT_THAT(text, StartsWith("# Performance\n"));
  EXPECT_THAT(text, HasSubstr("Written by `./dev bench`"));
  EXPECT_THAT(text, HasSubstr("| date | 2026-11-25 12:00 UTC |\n| commit | abc1234 |\n| extent | one round |\n| machine | 2 cores |\n"));
}

TEST(Report, OfARunIsShort) {
  std::istringstream words(summary(Results{}, heading()));
  const auto count = std::count_if(std::istream_iterator<std::string>(words), {}, [](const std::string& word) { return word != "|"; });
  EXPECT_LE(count, 600);
}

TEST(Report, ShowsEveryRowOnlyInFull) {
  Results results;
  results.rows = {row(kLedger, 30'000)};
  const std::string line = "| ingest | ledger | 64 | 30,000 | 2,000 | 4,000 | 5,000 | 6,000 | 3,000 | 0.042 | 1.250 | 0.50 | 20.0 | – |\n";
  EXPECT_THAT(full_report(results, heading()), HasSubstr(line));
  EXPECT_THAT(summary(results, heading()), Not(HasSubstr(line)));
}

TEST(Report, ShowsAFailureInsteadOfNumbers) {
  Results results;
  results.rows = {row(kLedger, 30'000)};
  results.rows.back().failure = "3 responses were not as expected: 429 | queue";
  results.failures = {"growth, verify FAILED: 3"};
  results.notices = {"Fastify was not measured"};
  const std::string text = full_report(results, heading());
  EXPECT_THAT(text, HasSubstr("| ingest | ledger | 64 | **FAILED** |\n"));
  EXPECT_THAT(text, HasSubstr("\n**ingest, ledger FAILED: 3 responses were not as expected: 429 / queue**\n"));
  EXPECT_THAT(text, HasSubstr("\n**growth, verify FAILED: 3**\n"));
  EXPECT_THAT(text, HasSubstr("\nFastify was not measured\n"));
  EXPECT_THAT(text, Not(HasSubstr("30,000")));
}

}  // namespace
}  // namespace ledger::bench::report_test
