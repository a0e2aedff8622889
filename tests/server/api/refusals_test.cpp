// Refused deliveries: each is counted, and few lines tell of many.
#include "server/api/refusals.h"

#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace ledger::refusals_test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

struct Counting {
  test::FakeClock clock;
  test::RecordingLog log;
  server::Refusals refusals{clock, log};

  [[nodiscard]] std::vector<test::LogLine> warnings() const { return log.lines("webhooks_refused"); }
  [[nodiscard]] std::vector<std::string> counts() const {
    std::vector<std::string> counts;
    for (const test::LogLine& line : warnings()) counts.push_back(line.fields.at("count"));
    return counts;
  }
  void count(int times, std::string_view reason = "signature-wrong") {
    for (int i = 0; i < times; ++i) refusals.count(reason, "/webhooks/highlevel");
  }
};

TEST(Refusals, AreCountedByReason) {
  Counting ledger;
  ledger.count(3);
  ledger.count(2, "no-such-route");
  EXPECT_THAT(ledger.refusals.totals(), ElementsAre(Pair("no-such-route", 2U), Pair("signature-wrong", 3U)));
}

TEST(Refusals, AreReportedAtOnceAndThenOnceAMinuteWithTheirNumber) {
  Counting ledger;
  ledger.count(1000);
  EXPECT_THAT(ledger.counts(), ElementsAre("1")) << "the first one at once";
  ledger.clock.advance(59'999ms);
  ledger.count(1);
  ledger.refusals.report();
  EXPECT_THAT(ledger.counts(), ElementsAre("1"));
  ledger.clock.advance(1ms);
  ledger.count(1);
  EXPECT_THAT(ledger.counts(), ElementsAre("1", "1001"));
  EXPECT_EQ(ledger.warnings().back().fields.at("total"), "1002");
  EXPECT_EQ(ledger.warnings().back().fields.at("path"), "/webhooks/highlevel");
  EXPECT_EQ(ledger.warnings().back().level, LogLevel::warning);
}

TEST(Refusals, AreReportedByWhateverComesAfterTheMinute) {
  Counting ledger;
  ledger.count(5);
  ledger.clock.advance(60s);
  ledger.refusals.report();
  EXPECT_THAT(ledger.counts(), ElementsAre("1", "4"));
  ledger.clock.advance(60s);
  ledger.refusals.report();
  EXPECT_THAT(ledger.counts(), ElementsAre("1", "4")) << "nothing is left to report";
}

TEST(Refusals, OfOneReasonDoNotSilenceThoseOfAnother) {
  Counting ledger;
  ledger.count(10);
  ledger.count(10, "no-such-route");
  EXPECT_EQ(ledger.warnings().size(), 2U);
  ledger.clock.advance(60s);
  ledger.refusals.report();
  EXPECT_THAT(ledger.counts(), ElementsAre("1", "1", "9", "9"));
}

TEST(Refusals, OfTheFirstWrongSignatureTellHowManyWereGoodBefore) {
  Counting ledger;
  for (int i = 0; i < 7; ++i) ledger.refusals.count_verified();
  ledger.clock.advance(5s);
  ledger.count(1);
  const std::map<std::string, std::string> first = ledger.warnings().back().fields;
  EXPECT_EQ(first.at("verified"), "7");
  EXPECT_EQ(first.at("last_verified_s_ago"), "5");
  ledger.count(100);
  ledger.clock.advance(60s);
  ledger.refusals.report();
  const std::map<std::string, std::string> storm = ledger.warnings().back().fields;
  EXPECT_EQ(storm.at("count"), "100");
  EXPECT_EQ(storm.at("verified"), "0") << "since the warning before";
  EXPECT_EQ(storm.at("verified_total"), "7");
  EXPECT_EQ(storm.at("last_verified_s_ago"), "65");
}

TEST(Refusals, SayIfNoSignatureWasEverGood) {
  Counting ledger;
  ledger.count(1);
  EXPECT_EQ(ledger.warnings().back().fields.at("verified_total"), "0");
  EXPECT_EQ(ledger.warnings().back().fields.at("last_verified_s_ago"), "") << "a field with an empty text is left out";
  ledger.count(1, "no-such-route");
  EXPECT_THAT(ledger.warnings().back().fields, Not(Contains(Key("verified")))) << "it tells nothing of a path";
}

}  // namespace
}  // namespace ledger::refusals_test
