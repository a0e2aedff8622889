// Warnings about a wall clock that steps or is behind the log.
#include "storage/clock_watch.h"

#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"

#include <gtest/gtest.h>

namespace ledger::storage::clock_watch_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ClockWatchTest : public testing::Test {
 protected:
  void step(std::chrono::milliseconds by) { clock_.set(clock_.now() + by); }
  std::size_t warnings(const char* event) { return log_.lines(event).size(); }

  test::FakeClock clock_;
  test::RecordingLog log_;
  ClockWatch watch_{clock_, log_};
  const Timestamp last_ = clock_.now();
};

TEST_F(ClockWatchTest, IsSilentWhileTheClockRuns) {
  for (int i = 0; i < 100; ++i) {
    clock_.advance(hours(1));
    step(seconds(i % 2 == 0 ? 20 : -20));
    watch_.look(last_);
  }
  EXPECT_EQ(warnings("clock_stepped"), 0U);
  EXPECT_EQ(warnings("clock_behind"), 0U);
}

TEST_F(ClockWatchTest, WarnsOfAStepInEachDirectionOnce) {
  step(hours(2));
  watch_.look(last_);
  ASSERT_EQ(warnings("clock_stepped"), 1U);
  EXPECT_EQ(log_.lines("clock_stepped")[0].fields.at("seconds"), "7200");
  clock_.advance(minutes(2));
  watch_.look(last_);
  EXPECT_EQ(warnings("clock_stepped"), 1U) << "it runs on from there";
  step(-hours(2));
  watch_.look(last_);
  EXPECT_EQ(log_.lines("clock_stepped").at(1).fields.at("seconds"), "-7200");
}

TEST_F(ClockWatchTest, WarnsOnceAMinuteWhileTheClockIsBehindTheLog) {
  for (int i = 0; i < 180; ++i) {
    clock_.advance(seconds(1));
    watch_.look(last_ + hours(24));
  }
  EXPECT_EQ(warnings("clock_behind"), 3U);
}

TEST_F(ClockWatchTest, ReportsAStepWithinTheSilenceLater) {
  step(hours(2));
  watch_.look(last_);
  step(hours(2));
  watch_.look(last_);
  EXPECT_EQ(warnings("clock_stepped"), 1U);
  clock_.advance(minutes(1));
  watch_.look(last_);
  EXPECT_EQ(warnings("clock_stepped"), 2U);
}

}  // namespace
}  // namespace ledger::storage::clock_watch_test
