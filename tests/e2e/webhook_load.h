// Clients that post webhooks until they are stopped or disconnected, and remember every response.
#pragma once

#include "sync/mutex.h"
#include "tests/support/http_client.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ledger::test {

/// Starts on construction. The deliveries are Creates, Updates and Deletes in a few locations, each with its own webhook id
/// "<name>-<client>-<number>". A refused delivery is not retried.
class WebhookLoad {
 public:
  WebhookLoad(std::uint16_t port, const std::string& name, int clients);
  WebhookLoad(const WebhookLoad&) = delete;
  WebhookLoad& operator=(const WebhookLoad&) = delete;
  ~WebhookLoad();

  /// The body of the delivery with this webhook id.
  [[nodiscard]] static std::string body_of(const std::string& id);

  /// Blocks until so many deliveries were acknowledged, or every client is disconnected.
  void wait_for_acknowledged(std::size_t count);
  /// The same, counted from now. False if every client is disconnected before.
  bool wait_for_more_acknowledged(std::size_t count);
  /// Blocks until so many deliveries were refused, or every client is disconnected.
  void wait_for_refused(std::size_t count);
  /// Lets each client finish its request, and joins the threads.
  void stop();

  /// Webhook id to sequence, of every delivery that was answered 200 "recorded". After stop().
  [[nodiscard]] const std::map<std::string, std::int64_t>& acknowledged() const noexcept { return acknowledged_; }
  /// Webhook ids of the deliveries without a response, because the connection broke. After stop().
  [[nodiscard]] const std::set<std::string>& unanswered() const noexcept { return unanswered_; }
  /// Webhook id to the reason of the response, of every delivery that was answered 429. After stop().
  [[nodiscard]] const std::map<std::string, std::string>& refused() const noexcept { return refused_; }
  /// Other responses, and each 429 without Retry-After. The service must not send them here. After stop().
  [[nodiscard]] const std::vector<std::string>& surprises() const noexcept { return surprises_; }

 private:
  void run(std::uint16_t port, const std::string& client);
  void note(const std::string& id, const HttpResponse& answer);

  std::atomic<bool> stopping_ = false;
  Mutex mutex_;
  CondVar changed_;
  // They are read after stop(), when no client is left.
  int running_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::int64_t> acknowledged_ LEDGER_GUARDED_BY(mutex_);
  std::set<std::string> unanswered_ LEDGER_GUARDED_BY(mutex_);
  std::map<std::string, std::string> refused_ LEDGER_GUARDED_BY(mutex_);
  std::vector<std::string> surprises_ LEDGER_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

/// Webhook id to sequence of every event that the service at `port` lists, read page by page. A webhook id that occurs twice fails the test.
[[nodiscard]] std::map<std::string, std::int64_t> recorded_webhook_ids(std::uint16_t port);

}  // namespace ledger::test
