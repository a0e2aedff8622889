// Tests of medians and of the format of numbers.
#include "tests/bench/measurement.h"
#include "tests/bench/numbers.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace ledger::bench::measurement_test {
namespace {

double median_of(std::vector<double> values) {
  return median(values);
}

TEST(Median, IsTheMiddleValue) {
  EXPECT_EQ(median_of({3}), 3);
  EXPECT_EQ(median_of({9, 1, 5}), 5);
  EXPECT_EQ(median_of({9, 1, 5, 6}), 5.5);
}

TEST(Median, IgnoresWhatWasNotMeasured) {
  EXPECT_EQ(median_of({kNone, 4, kNone}), 4);
  EXPECT_TRUE(std::isnan(median_of({kNone})));
  EXPECT_TRUE(std::isnan(median_of({})));
}

TEST(Median, OfRoundsKeepsTheWorstStall) {
  std::array<Measurement, 3> rounds;
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const auto value = static_cast<double>(i + 1);
    rounds[i].per_second = 100 * value;
    rounds[i].p99_us = value;
    rounds[i].cpu_s_per_1000 = value;
    rounds[i].max_us = 10 * value;
    rounds[i].gap_us = 20 * value;
  }
  const Measurement all = median(rounds);
  EXPECT_EQ(all.per_second, 200);
  EXPECT_EQ(all.p99_us, 2);
  EXPECT_EQ(all.cpu_s_per_1000, 2);
  EXPECT_EQ(all.max_us, 30);
  EXPECT_EQ(all.stall_us(), 60);
  EXPECT_TRUE(std::isnan(all.unsent_percent));
}

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(whole(0), "0");
  EXPECT_EQ(whole(999.6), "1,000");
  EXPECT_EQ(whole(1234567), "1,234,567");
  EXPECT_EQ(whole(-123456), "-123,456");
  EXPECT_EQ(decimal(1234.567, 2), "1,234.57");
  EXPECT_EQ(times(12.34), "12.34x");
}

TEST(Numbers, HaveAReadableUnit) {
  EXPECT_EQ(duration(850), "850 µs");
  EXPECT_EQ(duration(12'340), "12.3 ms");
  EXPECT_EQ(duration(123'400), "123 ms");
  EXPECT_EQ(duration(1'204'000), "1.20 s");
}

TEST(Numbers, AreADashIfNotMeasured) {
  EXPECT_EQ(whole(kNone), "–");
  EXPECT_EQ(times(1 / 0.0), "–");
  EXPECT_EQ(duration(kNone), "–");
}

}  // namespace
}  // namespace ledger::bench::measurement_test
