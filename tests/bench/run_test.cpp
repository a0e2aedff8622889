// Tests of whole measurements of the real service, each as short as possible.
#include "tests/bench/run.h"

#include "domain/base64.h"
#include "domain/signature_policy.h"
#include "tests/bench/block.h"
#include "tests/bench/trial.h"
#include "tests/bench/workloads.h"
#include "tests/support/signing_key.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ledger::bench::run_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class RunTest : public testing::Test {
 protected:
  [[nodiscard]] static Tools tools() { return {.ledger = LEDGER_BINARY, .peers = ""}; }

  RunOptions tiny(std::vector<std::string> only) const {
    RunOptions options;
    options.tools = tools();
    options.directory = directory_.path();
    options.only = std::move(only);
    options.rounds = 1;
    options.warm_up_s = 0.01;
    options.window_s = 0.1;
    options.long_window_s = 0.05;
    options.locations = 100;
    options.events_small = 200;
    options.events_large = 1000;
    return options;
  }

  static void expect_measured(const Results& results) {
    EXPECT_TRUE(results.is_complete());
    EXPECT_THAT(results.failures, testing::IsEmpty());
    for (const Row& row : results.rows) EXPECT_TRUE(row.is_measured()) << row.workload << ": " << row.failure;
  }

  const test::TempDirectory directory_;
};

TEST_F(RunTest, MeasuresTheRealService) {
  const RunOptions options = tiny({"ingest"});
  const Results results = run(options, Progress{});
  expect_measured(results);
  EXPECT_EQ(results.rows.size(), 3U) << "one for each number of connections";
  const Measurement ingest = results.find("ingest", kLedger, kManyConnections);
  EXPECT_GT(ingest.per_second, 0);
  EXPECT_GT(ingest.p50_us, 0);
  EXPECT_GE(ingest.max_us, ingest.p99_us);
  EXPECT_GT(ingest.server_cores, 0);
  EXPECT_GT(ingest.cpu_s_per_1000, 0);
  EXPECT_GT(ingest.rss_max_mib, 1);
  EXPECT_EQ(results.notices.size(), 1U) << "Fastify is missing";
  EXPECT_FALSE(std::filesystem::exists(data_directory(options))) << "no database is left";
}

TEST_F(RunTest, MeasuresEveryOtherWorkload) {
  const Results results = run(tiny({"ingest-deletions", "ingest-signed", "ingest-duplicates", "paced", "query-location", "query-304",
                                    "ingest-relations", "query-relations", "feed-page"}),
                              Progress{});
  expect_measured(results);
  EXPECT_EQ(results.rows.size(), 9U);
}

TEST_F(RunTest, MeasuresAnIdleServiceInRounds) {
  RunOptions options = tiny({std::string(kIdle)});
  options.rounds = 2;
  const Results results = run(options, Progress{});
  expect_measured(results);
  ASSERT_EQ(results.rows.size(), 1U);
  EXPECT_EQ(results.rows[0].rounds.size(), 2U);
  const Measurement idle = results.find(kIdle, kLedger, 0);
  EXPECT_GE(idle.server_cores, 0);
  EXPECT_TRUE(std::isnan(idle.per_second));
}

TEST_F(RunTest, MeasuresALargeDatabase) {
  const Results results = run(tiny({std::string(kGrowth)}), Progress{});
  expect_measured(results);
  for (const std::string_view system : {kLedgerSmall, kLedgerLarge, kLedgerForeignReader, kLedgerReaderEnded}) {
    EXPECT_GT(results.find("ingest", system, kManyConnections).stall_us(), 0) << system;
  }
  EXPECT_GT(results.growth.bytes_per_event, 0);
  EXPECT_GT(results.growth.cold_start_s, 0);
  EXPECT_GT(results.growth.verify_per_second, 0);
  EXPECT_GT(results.growth.rebuild_per_second, 0);
}

TEST_F(RunTest, OfTheCommandLineWritesTheReports) {
  Child bench({{LEDGER_BENCH, "run", "--quick", "--only=ingest-deletions", "--seconds=0.1", "--warm-up=0.01", "--out", directory_.path(), "--service",
                LEDGER_BINARY, "--made-by", "the test", "--commit", "abc1234"},
               directory_.file("log")});
  static_cast<void>(bench.finish());
  for (const char* name : {"performance.md", "report.md"}) {
    std::ifstream file(directory_.file(name));
    const std::string report{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_THAT(report, HasSubstr("Written by `the test`"));
    EXPECT_THAT(report, HasSubstr("| extent | rounds: 1, each measured for 0.1 s after 0.0 s; only ingest-deletions |"));
    EXPECT_THAT(report, testing::Not(HasSubstr(directory_.path().string()))) << "a report contains no local paths";
  }
}

TEST_F(RunTest, OfOneWorkloadPrintsALine) {
  RunningSystem running(ledger_system(), tools(), directory_.path());
  const std::string target = "127.0.0.1:" + std::to_string(running.port());
  const std::string line = output_of({LEDGER_BENCH, "load", "--target", target, "--connections", "2", "--seconds", "0.1", "--warm-up", "0"});
  EXPECT_THAT(line, testing::StartsWith("ingest connections 2 seconds 0.1"));
  EXPECT_THAT(line, HasSubstr(" unexpected 0 "));
}

TEST_F(RunTest, RefusesToMeasureWrongResponses) {
  RunningSystem running(ledger_system(), tools(), directory_.path());
  Pool requests({get_request("/nowhere")}, Pool::Repeat::forever, {});
  LoadOptions load;
  load.warm_up_s = 0;
  load.window_s = 0.01;
  EXPECT_THAT([&] { static_cast<void>(measure(running, requests, load)); },
              ThrowsMessage<std::runtime_error>(HasSubstr("not as expected, the first: 404")));
}

TEST_F(RunTest, LoadEndsWithItsRequests) {
  RunningSystem running(ledger_system(), tools(), directory_.path());
  Pool requests(std::vector<std::string>(100, get_request("/v1/locations")), Pool::Repeat::once, {200, "locations"});
  LoadOptions load;
  load.port = running.port();
  load.connections = 7;
  load.warm_up_s = 0;
  const LoadResult result = run_load(load, requests);
  EXPECT_EQ(result.answered_in_all, 100U);
  EXPECT_EQ(result.unexpected, 0U);
  EXPECT_EQ(result.latency.count(), result.answered);
}

TEST_F(RunTest, OpenLoopAsksAtItsRate) {
  RunningSystem running(ledger_system(), tools(), directory_.path());
  Pool requests({get_request("/v1/locations")}, Pool::Repeat::forever, {});
  LoadOptions load;
  load.port = running.port();
  load.connections = 2;
  load.warm_up_s = 0;
  load.window_s = 0.2;
  load.rate = 100;
  const LoadResult result = run_load(load, requests);
  EXPECT_GE(result.answered_in_all, 1U);
  EXPECT_LE(static_cast<double>(result.answered_in_all), 1 + result.window_s * load.rate);
}

TEST_F(RunTest, SignsAsThePlatformDoes) {
  const auto key = test::SigningKey::ed25519();
  WorkloadOptions options;
  options.signing_pem = key.private_pem();
  options.locations = 10;
  options.requests_max = 5;
  const auto public_key = PublicKey::from_pem(key.public_pem());
  ASSERT_TRUE(public_key);
  for (const std::string& request : signed_deliveries(options)) {
    const std::size_t begin = request.find("X-GHL-Signature: ") + 17;
    const auto signature = base64_decode(request.substr(begin, request.find('\r', begin) - begin));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(public_key->verify(request.substr(request.find("\r\n\r\n") + 4), *signature));
  }
}

TEST_F(RunTest, KnowsItsWorkloadsByName) {
  EXPECT_EQ(workload("ingest").name, "ingest");
  EXPECT_THROW(static_cast<void>(workload("nothing")), std::runtime_error);
}

}  // namespace
}  // namespace ledger::bench::run_test
