// Tests of the histogram: quantiles against sorted values.
#include "tests/bench/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace ledger::bench::histogram_test {
namespace {

TEST(Histogram, IsExactForSmallValues) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 200U);
  EXPECT_EQ(histogram.quantile(0), 1U);
  EXPECT_EQ(histogram.quantile(0.5), 100U);
  EXPECT_EQ(histogram.quantile(0.99), 198U);
  EXPECT_EQ(histogram.quantile(1), 200U);
  EXPECT_EQ(histogram.max(), 200U);
}

TEST(Histogram, IsAtMostOneInAHundredAndTwentyEightTooHigh) {
  std::mt19937_64 random(42);
  std::vector<std::uint64_t> values;
  Histogram histogram;
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(random() >> (24 + random() % 40));  // Values of every size.
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const std::size_t rank : {1U, 100U, 5'000U, 9'900U, 9'990U, 10'000U}) {
    const std::uint64_t exact = values[rank - 1];
    const std::uint64_t found = histogram.quantile(static_cast<double>(rank) / 10'000);
    EXPECT_GE(found, exact) << rank;
    EXPECT_LE(found, exact + exact / 128) << rank;
  }
  EXPECT_EQ(histogram.max(), values.back());
}

TEST(Histogram, KeepsTheMaximumAboveItsLastBucket) {
  Histogram histogram;
  histogram.record(~std::uint64_t{0});
  EXPECT_EQ(histogram.max(), ~std::uint64_t{0});
  EXPECT_EQ(histogram.quantile(1), (std::uint64_t{1} << 40) - 1);
}

TEST(Histogram, IsZeroWhenEmpty) {
  EXPECT_EQ(Histogram{}.quantile(0.5), 0U);
  EXPECT_EQ(Histogram{}.max(), 0U);
}

}  // namespace
}  // namespace ledger::bench::histogram_test
