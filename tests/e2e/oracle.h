// What the clients were told, over all lives of the service, held against what the ledger lists afterwards.
#pragma once

#include "tests/e2e/webhook_load.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace ledger::test {

/// Knows each delivery that was sent, and each answer; the service's memory and its disk have no part in it. Every finding is a failure of the test.
/// Not thread-safe.
class Oracle {
 public:
  /// What a load, which has stopped, was told. An answer that is neither 200 nor a proper 429 is a finding.
  void learn(const WebhookLoad& load);

  /// Reads what the service lists beyond what was read before. Every acknowledged event must be there, once, under its sequence, with its body to the
  /// byte; of the others some may; nothing else; without a gap.
  void compare_tail(std::uint16_t port);
  /// The same from the beginning of the log.
  void compare_all(std::uint16_t port);

  /// Sends up to `most` of the deliveries that have no 200 again, as the platform would: recorded now, or recognised if they were listed. After
  /// compare_tail(). Returns how many were recognised.
  std::size_t repeat_open(std::uint16_t port, std::size_t most);

  [[nodiscard]] std::size_t acknowledged() const noexcept { return acknowledged_.size(); }
  /// Deliveries without a 200 so far.
  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }

 private:
  void note_listed(const std::string& id, std::int64_t sequence, const std::string& body);

  std::map<std::string, std::int64_t> acknowledged_;
  std::map<std::string, std::int64_t> unchecked_;  ///< Those of them that no comparison has seen yet.
  std::set<std::string> open_;
  std::map<std::string, std::int64_t> listed_;
  std::int64_t last_listed_ = 0;
};

}  // namespace ledger::test
