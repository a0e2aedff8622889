// Clients that post webhooks until they are stopped or cut off, and remember every answer: the oracle of the crash and shutdown tests.
#pragma once

#include "sync/mutex.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace ledger::test {

/// Starts on construction. Each delivery has a webhook id of its own, "<name>-<client>-<number>"; Creates, Updates and Deletes over a few locations.
class WebhookLoad {
 public:
  WebhookLoad(std::uint16_t port, const std::string& name, int clients);
  WebhookLoad(const WebhookLoad&) = delete;
  WebhookLoad& operator=(const WebhookLoad&) = delete;
  ~WebhookLoad();

  /// Blocks until so many deliveries were acknowledged, or every client was cut off.
  void wait_for_acknowledged(std::size_t count);
  /// Lets each client finish the request that it is in, or be cut off; joins them.
  void stop();

  /// Webhook id to sequence, of every delivery that was answered 200 "recorded". After stop().
  [[nodiscard]] const std::map<std::string, std::int64_t>& acknowledged() const noexcept { return acknowledged_; }
  /// Bodies whose fate no answer told: the connection broke before it came. After stop().
  [[nodiscard]] const std::map<std::string, std::string>& unanswered() const noexcept { return unanswered_; }
  /// Answers other than 200 and 429, which the service must never give here. After stop().
  [[nodiscard]] const std::vector<std::string>& surprises() const noexcept { return surprises_; }

 private:
  void run(std::uint16_t port, const std::string& client);
  void note(const std::string& id, int status, const std::string& body);

  std::atomic<bool> stopping_ = false;
  std::atomic<int> running_ = 0;
  std::atomic<std::size_t> acknowledged_count_ = 0;
  Mutex mutex_;
  std::map<std::string, std::int64_t> acknowledged_ LEDGER_GUARDED_BY(mutex_);
  std::map<std::string, std::string> unanswered_ LEDGER_GUARDED_BY(mutex_);
  std::vector<std::string> surprises_ LEDGER_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

/// Webhook id to sequence of every event that the service at `port` lists, read page by page. A webhook id that stands twice fails the test.
[[nodiscard]] std::map<std::string, std::int64_t> recorded_webhook_ids(std::uint16_t port);

}  // namespace ledger::test
