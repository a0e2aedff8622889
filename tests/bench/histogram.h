// Counts of latencies, fine enough for any quantile and small enough to be written at each answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ledger::bench {

/// Log-linear, as HdrHistogram: each power of two is cut into 128 buckets, so that a quantile is at most 1/128 too high. Up to 2^40 ns (18 minutes);
/// longer ones count as that.
class Histogram {
 public:
  void record(std::uint64_t nanoseconds) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The longest, exactly; 0 when empty.
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  /// The least value that `share` (0 to 1) of all values do not pass, rounded up to the end of its bucket; 0 when empty.
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
