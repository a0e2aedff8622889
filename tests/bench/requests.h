// Streams of requests for the load generator. All are cheap when they are sent.
#pragma once

#include "tests/bench/deliveries.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

/// The response that is right.
struct Expected {
  int status = 200;
  std::string within;  ///< Is contained in the body.
};

/// A stream of requests. Not thread-safe.
class Requests {
 public:
  Requests() = default;
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  virtual ~Requests() = default;

  /// The bytes of the next request; empty after the last one. Valid until the next call.
  [[nodiscard]] virtual std::string_view next() = 0;
  /// The right response to every request of the stream.
  [[nodiscard]] virtual const Expected& expected() const noexcept = 0;
};

/// The ids of `count` locations, from location_id(first) on.
[[nodiscard]] std::vector<std::string> location_ids(std::uint64_t first, std::size_t count);

/// Deliveries without end, each with the present time and in a random one of the locations.
class Deliveries final : public Requests {
 public:
  enum class Kind { new_associations, unknown_deletions, late_updates, new_relations };
  Deliveries(Kind kind, std::uint64_t seed, std::vector<std::string> locations);
  [[nodiscard]] std::string_view next() override;
  [[nodiscard]] const Expected& expected() const noexcept override { return expected_; }

 private:
  Expected expected_;
  Kind kind_;
  DeliveryWriter writer_;
  std::vector<std::string> locations_;
};

/// Requests that were rendered before, in their order: once, or again and again.
class Pool final : public Requests {
 public:
  enum class Repeat { once, forever };
  Pool(std::vector<std::string> requests, Repeat repeat, Expected expected);
  [[nodiscard]] std::string_view next() override;
  [[nodiscard]] const Expected& expected() const noexcept override { return expected_; }
  /// Starts again with the first request.
  void rewind() noexcept { position_ = 0; }

 private:
  Expected expected_;
  std::vector<std::string> requests_;
  Repeat repeat_;
  std::size_t position_ = 0;
};

}  // namespace ledger::bench
