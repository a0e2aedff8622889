// Alive, and ready or not.
#include "server/api/ops_handler.h"

#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gtest/gtest.h>

namespace ledger::ops_handler_test {
namespace {

using server::Response;

struct DroppingLog final : Log {
  void write_line(LogLevel /*level*/, std::string_view /*event*/, std::span<const LogField> /*fields*/) noexcept override {}
  [[nodiscard]] std::uint64_t lines_dropped() const noexcept override { return 9; }
};

struct Operations : test::ApiFixture {
  Operations() { handler.opened(store); }

  DroppingLog dropping_log;
  std::atomic<bool> draining{false};
  server::OpsHandler handler{counters, refusals, dropping_log, draining};
  test::Answering ops{handler, store.open_short_reader().value()};
};

StoreHealth unhealthy() {
  StoreHealth health{false, "The disk is full.", Sequence(7), 2, 30};
  health.log_bytes = 4120;
  health.log_held_for = std::chrono::milliseconds(1500);
  health.stale_subjects = 4;
  return health;
}

TEST(Operations, AreAliveWhateverTheStoreSays) {
  Operations service;
  service.store.set_health(unhealthy());
  service.draining = true;
  const Response response = service.ops.get("/livez");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"live"})");
  EXPECT_EQ(test::header_of(response, "Cache-Control"), "no-store");
}

TEST(Operations, AreReadyWhenTheStoreCanRecord) {
  Operations service;
  EXPECT_EQ(service.ops.get("/readyz").status, 200);
  EXPECT_EQ(service.ops.get("/readyz").body, R"({"status":"ready"})");
  service.store.set_health(unhealthy());
  EXPECT_EQ(service.ops.get("/readyz").status, 503);
  EXPECT_EQ(service.ops.get("/readyz").body, R"({"status":"not ready"})");
}

TEST(Operations, AreAliveAndNotReadyBeforeTheStoreIsOpened) {
  Operations service;
  server::OpsHandler handler(service.counters, service.refusals, service.dropping_log, service.draining);
  test::Answering early(handler, std::make_unique<ShortReader>());
  EXPECT_EQ(early.get("/livez").status, 200);
  EXPECT_EQ(early.get("/readyz").status, 503);
  EXPECT_NE(early.get("/readyz?verbose").body.find(R"("reason":"The database is being opened.")"), std::string::npos);
}

TEST(Operations, AreNotReadyWhileDraining) {
  Operations service;
  service.draining = true;
  EXPECT_EQ(service.ops.get("/readyz").status, 503);
  EXPECT_NE(service.ops.get("/readyz?verbose").body.find(R"("reason":"The service is shutting down.")"), std::string::npos);
}

TEST(Operations, SayMoreWhenAsked) {
  Operations service;
  service.store.set_health(unhealthy());
  service.counters.recorded = 7;
  service.counters.refused = 3;
  service.counters.late_results = 1;
  for (std::size_t i = 0; i < kEventFlags.size(); ++i) service.counters.flagged[i] = i;
  for (const char* const type : {"ContactCreate", "\"", "ContactCreate"}) service.counters.ignored_types.count(type);
  service.refusals.count("queue-full", "/webhooks/highlevel");
  EXPECT_EQ(
      service.ops.get("/readyz?verbose").body,
      R"({"status":"not ready","reason":"The disk is full.","lastSequence":7,"queuedItems":2,"queuedBytes":30,"walBytes":4120,"oldestReaderMs":1500,"staleSubjects":4,"counters":{"recorded":7,"duplicate":0,)"
      R"("ignored":0,"quarantined":0,"unauthenticated":0,"undecodable":0,"refused":3,"lateResults":1,"logLinesDropped":9,"recordedByFlag":{"event_mismatch":0,"late":1,"after_delete":2,"kind_from_path":3,"kind_conflict":4,)"
      R"("kind_respelled":5,"field_unread":6,"ahead":7,"repeat":8,"recreated":9},"ignoredByType":[{"type":"\"","count":1},)"
      R"({"type":"ContactCreate","count":2}],"refusedByReason":{"queue-full":1}}})");
}

TEST(Operations, ReportRefusalsThatAreDueWithEachProbe) {
  Operations service;
  for (int i = 0; i < 3; ++i) service.refusals.count("no-such-route", "/webhooks");
  service.ops.get("/readyz");
  EXPECT_EQ(service.log.lines("webhooks_refused").size(), 1U);
  service.clock.advance(std::chrono::minutes(1));
  service.ops.get("/readyz");
  EXPECT_EQ(service.log.lines("webhooks_refused").back().fields.at("count"), "2");
}

TEST(Operations, ServeNothingElse) {
  Operations service;
  EXPECT_EQ(service.ops.get("/").status, 404);
  EXPECT_EQ(service.ops.get("/v1/locations").status, 404);
  EXPECT_EQ(service.ops.post("{}", "/livez").status, 405);
  EXPECT_EQ(test::reason_of(service.ops.get("/readyz?quiet").body), "unknown-parameter");
}

}  // namespace
}  // namespace ledger::ops_handler_test
