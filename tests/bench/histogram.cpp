// The buckets of the histogram.
#include "tests/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ledger::bench {

std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
  value = std::min(value, (std::uint64_t{1} << kValueBits) - 1);
  // The highest bit and the kBucketBits bits after it select the bucket. Smaller values have a bucket each.
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kBucketBits - 1);
  return (static_cast<std::size_t>(shift) << kBucketBits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::end_of(std::size_t bucket) noexcept {
  const std::size_t octave = bucket >> kBucketBits;
  if (octave < 2) return bucket;
  const std::size_t shift = octave - 1;
  return ((static_cast<std::uint64_t>(bucket - (shift << kBucketBits)) + 1) << shift) - 1;
}

void Histogram::record(std::uint64_t nanoseconds) noexcept {
  ++counts_[bucket_of(nanoseconds)];
  ++count_;
  max_ = std::max(max_, nanoseconds);
}

std::uint64_t Histogram::quantile(double share) const noexcept {
  const auto rank = std::max(std::uint64_t{1}, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t passed = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    passed += counts_[bucket];
    if (passed >= rank) return std::min(end_of(bucket), max_);
  }
  return max_;
}

}  // namespace ledger::bench
