// Streams of requests for the load generator, all cheap at the moment of sending: rendered before, or written over an old one.
#pragma once

#include "tests/bench/deliveries.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledger::bench {

/// Which answer is right.
struct Expected {
  int status = 200;
  std::string within;  ///< Stands somewhere in the body.
};

/// Where the next request comes from. Used by one thread.
class Requests {
 public:
  Requests() = default;
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  virtual ~Requests() = default;

  /// The bytes of one request; empty when there are no more. Ends with the next call.
  [[nodiscard]] virtual std::string_view next() = 0;
  /// Of every request of the stream.
  [[nodiscard]] virtual const Expected& expected() const noexcept = 0;
};

/// The ids of `count` locations, from location_id(first) on.
[[nodiscard]] std::vector<std::string> location_ids(std::uint64_t first, std::size_t count);

/// Every delivery a new association, with a random id in a random one of the locations, and now as its time.
class NewAssociations final : public Requests {
 public:
  NewAssociations(std::uint64_t seed, std::vector<std::string> locations, IdOrder order);
  [[nodiscard]] std::string_view next() override;
  [[nodiscard]] const Expected& expected() const noexcept override { return expected_; }

 private:
  Expected expected_;
  DeliveryWriter writer_;
  std::vector<std::string> locations_;
  IdOrder order_;
};

/// Requests that were rendered before: once each in their order, or over and over.
class Pool final : public Requests {
 public:
  enum class Repeat { once, for_ever };
  Pool(std::vector<std::string> requests, Repeat repeat, Expected expected);
  [[nodiscard]] std::string_view next() override;
  [[nodiscard]] const Expected& expected() const noexcept override { return expected_; }
  /// The first request is the next again.
  void rewind() noexcept { position_ = 0; }

 private:
  Expected expected_;
  std::vector<std::string> requests_;
  Repeat repeat_;
  std::size_t position_ = 0;
};

/// `many` requests of the one stream, then one of the other, and so on. What the first expects is expected of both.
class Mixed final : public Requests {
 public:
  Mixed(std::unique_ptr<Requests> often, std::size_t many, std::unique_ptr<Requests> seldom)
      : often_(std::move(often)), many_(many), seldom_(std::move(seldom)) {}
  [[nodiscard]] std::string_view next() override;
  [[nodiscard]] const Expected& expected() const noexcept override { return often_->expected(); }

 private:
  std::unique_ptr<Requests> often_;
  std::size_t many_;
  std::unique_ptr<Requests> seldom_;
  std::size_t position_ = 0;
};

}  // namespace ledger::bench
