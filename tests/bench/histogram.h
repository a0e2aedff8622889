// A histogram of latencies: exact enough for quantiles, cheap enough to update for every response.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ledger::bench {

/// Log-linear like HdrHistogram: each power of two has 128 buckets, so a quantile is at most 1/128 too high. Values above 2^40 ns (18 minutes) count
/// as 2^40 ns.
class Histogram {
 public:
  void record(std::uint64_t nanoseconds) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The exact maximum; 0 if empty.
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  /// The smallest value that at least `share` (0 to 1) of all values do not exceed, rounded up to the end of its bucket; 0 if empty.
  [[nodiscard]] std::uint64_t quantile(double share) const noexcept;

 private:
  static constexpr int kBucketBits = 7;
  static constexpr int kValueBits = 40;
  static constexpr std::size_t kBuckets = (std::size_t{kValueBits - kBucketBits - 1} << kBucketBits) + (std::size_t{2} << kBucketBits);

  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t end_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace ledger::bench
