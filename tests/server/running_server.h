// A server on loopback with a ledger in memory behind it, for tests that speak to it through sockets.
#pragma once

#include "server/api/api.h"
#include "server/api/ops_handler.h"
#include "server/server.h"

#include "tests/server/http/problem_reading.h"
#include "tests/server/scripted_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_client.h"
#include "tests/support/model_event_store.h"
#include "tests/support/recording_log.h"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::test {

inline const HttpHeaders json_type = {{"Content-Type", "application/json"}};
inline constexpr std::string_view webhook_path = "/webhooks/highlevel";

/// A body that the ledger records.
inline std::string event_body(std::string_view type, std::string_view location, std::string_view id) {
  return R"({"type":")" + std::string(type) + R"(","locationId":")" + std::string(location) + R"(","id":")" + std::string(id) + R"("})";
}

/// Free ports and one thread.
struct ServiceOptions {
  server::Endpoint listen{"127.0.0.1", 0};
  server::Limits limits;
  server::ServerOptions server{.threads = 1};
};

/// Accepts unsigned deliveries unless given another policy.
class TestServer {
 public:
  explicit TestServer(ServiceOptions options = {}, SignaturePolicy policy = SignaturePolicy({}, UnsignedDeliveries::accept))
      : policy_(std::move(policy)),
        server_(
            {{"main", options.listen, api_, options.limits}, {"ops", {"127.0.0.1", 0}, operations_, ops_limits_}}, options.server,
            [this] { return store_.open_short_reader(); }, clock_, log_) {
    operations_.opened(store_);
  }

  [[nodiscard]] Result<void> start() { return server_.start(); }
  void begin_drain() {
    draining_ = true;
    server_.begin_drain();
  }
  void wait() { server_.wait(); }

  FakeClock& clock() { return clock_; }
  ScriptedStore& store() { return store_; }
  RecordingLog& log() { return log_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(0); }
  [[nodiscard]] std::uint16_t ops_port() const { return server_.port(1); }

  HttpResponse get(std::string_view target, const HttpHeaders& headers = {}) { return fetch(port(), "GET", target, headers); }
  HttpResponse post_event(std::string_view type, std::string_view location, std::string_view id) {
    return fetch(port(), "POST", webhook_path, json_type, event_body(type, location, id));
  }

 private:
  FakeClock clock_;
  ModelEventStore model_{clock_};
  ScriptedStore store_{model_};
  RecordingLog log_;
  SignaturePolicy policy_;
  server::Counters counters_;
  server::Refusals refusals_{clock_, log_};
  std::atomic<bool> draining_ = false;
  server::ApiOptions api_options_;
  server::Limits ops_limits_{.connections_max = server::OpsHandler::kConnectionsMax};
  server::Api api_{api_options_, store_, policy_, clock_, counters_, refusals_};
  server::OpsHandler operations_{counters_, refusals_, log_, draining_};
  server::Server server_;
};

/// Started on construction.
class RunningServer : public TestServer {
 public:
  template <class... Arguments>
  explicit RunningServer(Arguments&&... arguments) : TestServer(std::forward<Arguments>(arguments)...) {
    start().value();
  }
};

}  // namespace ledger::test
