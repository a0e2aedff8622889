// The API over a ledger in memory, asked without sockets.
#pragma once

#include "server/api/api.h"

#include "tests/server/api/answering.h"
#include "tests/server/scripted_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/model_event_store.h"
#include "tests/support/recording_log.h"

#include <utility>

namespace ledger::test {

/// Accepts unsigned deliveries unless given another policy. Members in the order in which they lean on each other.
struct ApiFixture {
  explicit ApiFixture(server::ApiOptions given_options = {}, SignaturePolicy given_policy = SignaturePolicy({}, UnsignedDeliveries::accept))
      : options(std::move(given_options)), policy(std::move(given_policy)) {}

  server::ApiOptions options;
  SignaturePolicy policy;
  FakeClock clock;
  ModelEventStore model{clock};
  ScriptedStore store{model};
  server::Counters counters;
  RecordingLog log;
  server::Refusals refusals{clock, log};
  server::Api api{options, store, policy, clock, counters, refusals};
  Answering api_client{api, store.open_short_reader().value()};
};

}  // namespace ledger::test
