// What the main listener serves: webhooks, and queries where they are allowed.
#pragma once

#include "server/api/query_handlers.h"
#include "server/api/refusals.h"
#include "server/api/webhook_handler.h"
#include "server/api/webhook_secrets.h"
#include "server/http/application.h"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace ledger::server {

struct ApiOptions {
  /// Whether the listener answers queries, or takes webhooks only.
  bool answers_queries = true;
  /// For the store to record a delivery. Beyond, its outcome is unknown and the sender is asked to repeat it (429).
  std::chrono::milliseconds append_timeout{30'000};
  /// For the store to answer a query. Beyond: 503.
  std::chrono::milliseconds query_timeout{10'000};
  /// If there are any, a webhook's path must have one of them. Each is_webhook_secret().
  std::vector<std::string> webhook_secrets = {};
};

enum class WebhookPaths { open, with_secret };

/// Webhooks and queries: paths, methods, parameters and handlers, which REQUIRE an Api. Static storage.
[[nodiscard]] std::span<const Route> api_routes(WebhookPaths paths = WebhookPaths::open) noexcept;

/// Called from all loops at once. The references outlive the object.
class Api final : public Application {
 public:
  Api(ApiOptions options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Counters& counters, Refusals& refusals);

  [[nodiscard]] std::variant<Routed, Response> admit(const RequestHead& head) const override;
  [[nodiscard]] Response failed(const Routed& routed) override;
  [[nodiscard]] std::string path_for_log(const RequestHead& head) const override;
  void on_response(const RequestHead& head, const Response& response) override;

  [[nodiscard]] WebhookHandler& webhooks() noexcept { return webhooks_; }
  [[nodiscard]] QueryHandlers& queries() noexcept { return queries_; }

 private:
  const bool queries_allowed_;
  const WebhookSecrets secrets_;
  Refusals& refusals_;
  WebhookHandler webhooks_;
  QueryHandlers queries_;
};

}  // namespace ledger::server
