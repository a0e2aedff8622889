// SIGTERM, SIGINT, a second signal, and signals that are ignored.
#include "tests/e2e/service.h"
#include "tests/e2e/webhook_load.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <string>

namespace ledger::test::shutdown_test {
namespace {

TEST(Shutdown, SigtermUnderLoadAnswersEverythingItAccepted) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  Service service(database);
  WebhookLoad load(service.port(), "load", 8);
  load.wait_for_acknowledged(500);
  service.signal(SIGTERM);
  load.stop();
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  EXPECT_THAT(load.surprises(), testing::IsEmpty());
  EXPECT_EQ(std::filesystem::file_size(database + "-wal"), 0U) << "checkpointed";

  // Exactly the acknowledged deliveries are recorded.
  Service again(database);
  EXPECT_EQ(recorded_webhook_ids(again.port()), load.acknowledged());
}

TEST(Shutdown, SigintIsAsOrderly) {
  const TempDirectory directory;
  Service service(directory.file("ledger.db"));
  service.signal(SIGINT);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0}));
  EXPECT_THAT(service.log(), testing::HasSubstr("\"event\":\"stopped\""));
}

/// Begins a request that the server has started to read: the server asked for the body, which is not sent.
void begin_request(HttpClient& client, std::size_t body_bytes) {
  client.send("POST /webhooks/highlevel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " +
              std::to_string(body_bytes) + "\r\n\r\n");
  ASSERT_EQ(client.receive().status, 100);
}

TEST(Shutdown, ARequestInFlightIsReadAndAnswered) {
  const TempDirectory directory;
  Service service(directory.file("ledger.db"));
  HttpClient client(service.port());
  const std::string body = R"({"type":"AssociationCreate","locationId":"L","id":"a"})";
  begin_request(client, body.size());
  service.signal(SIGTERM);
  ASSERT_TRUE(service.wait_for_log("\"event\":\"drain_started\""));
  client.send(body);
  const HttpResponse answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0}));
}

TEST(Shutdown, ASecondSignalEndsItAtOnce) {
  const TempDirectory directory;
  Service service(directory.file("ledger.db"));
  HttpClient client(service.port());
  begin_request(client, 10);  // Its body is never sent, so the drain waits.
  service.signal(SIGTERM);
  ASSERT_TRUE(service.wait_for_log("\"event\":\"drain_started\""));
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{-1, SIGTERM}));
}

TEST(Shutdown, OnlySigtermAndSigintEndIt) {
  for (const int ignored : {SIGHUP, SIGUSR1, SIGUSR2}) {
    SCOPED_TRACE("signal " + std::to_string(ignored));
    const TempDirectory directory;
    Service service(directory.file("ledger.db"));
    service.signal(ignored);
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{0, 0}));
    EXPECT_THAT(service.log(), testing::HasSubstr("\"signal\":\"SIGTERM\""));
  }
}

}  // namespace
}  // namespace ledger::test::shutdown_test
