// Compares the responses to clients, over all runs of the service, with what the ledger lists afterwards.
#pragma once

#include "tests/e2e/webhook_load.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace ledger::test {

/// Knows each delivery that was sent and its response, independently of the service. Every difference fails the test. Not thread-safe.
class Oracle {
 public:
  /// Takes over the responses of a stopped load. A response that is neither 200 nor a proper 429 fails the test.
  void learn(const WebhookLoad& load);

  /// Reads the events after those that were read before. Every acknowledged event must occur once, with its sequence and exactly its body. Deliveries
  /// without a response may occur. Nothing else may, and there must be no gap.
  void compare_tail(std::uint16_t port);
  /// The same, from the beginning of the log.
  void compare_all(std::uint16_t port);

  /// Sends up to `most` of the deliveries without a 200 again, as the platform would. Each must be recorded, or recognised as a duplicate if it was
  /// listed. Call it after compare_tail(). Returns the number of duplicates.
  std::size_t repeat_open(std::uint16_t port, std::size_t most);

  [[nodiscard]] std::size_t acknowledged() const noexcept { return acknowledged_.size(); }
  /// Deliveries without a 200 so far.
  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }

 private:
  void note_listed(const std::string& id, std::int64_t sequence, const std::string& body);

  std::map<std::string, std::int64_t> acknowledged_;
  std::map<std::string, std::int64_t> unchecked_;  ///< Those of them that no comparison has found yet.
  std::set<std::string> open_;
  std::map<std::string, std::int64_t> listed_;
  std::int64_t last_listed_ = 0;
};

}  // namespace ledger::test
