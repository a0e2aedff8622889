// How the ledger's routes are set up.
#pragma once

#include <chrono>

namespace ledger::server {

struct ApiOptions {
  /// Whether the listener answers queries, or takes webhooks only.
  bool answers_queries = true;
  /// For the store to record a delivery. Beyond, its outcome is unknown and the sender is asked to repeat it (429).
  std::chrono::milliseconds append_timeout{30'000};
  /// For the store to answer a query. Beyond: 503.
  std::chrono::milliseconds query_timeout{10'000};
};

}  // namespace ledger::server
