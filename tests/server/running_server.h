// A server on loopback with a ledger in memory behind it, for tests that speak to it through sockets.
#pragma once

#include "server/server.h"

#include "tests/server/http/problem_reading.h"
#include "tests/server/scripted_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_client.h"
#include "tests/support/model_event_store.h"
#include "tests/support/recording_log.h"

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

/// Options for tests: free ports, one thread.
inline server::Options test_options() {
  server::Options options;
  options.listen.port = 0;
  options.ops_listen.port = 0;
  options.threads = 1;
  return options;
}

/// Started on construction; accepts unsigned deliveries unless given another policy.
class RunningServer {
 public:
  explicit RunningServer(server::Options options = test_options(), SignaturePolicy policy = SignaturePolicy({}, UnsignedDeliveries::accept))
      : policy_(std::move(policy)), server_(std::move(options), store_, policy_, clock_, log_) {
    server_.start().value();
  }

  FakeClock& clock() { return clock_; }
  ScriptedStore& store() { return store_; }
  RecordingLog& log() { return log_; }
  server::Server& server() { return server_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] std::uint16_t ops_port() const { return server_.ops_port(); }

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
  server::Server server_;
};

}  // namespace ledger::test
