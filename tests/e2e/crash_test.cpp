// kill -9 under load: what was acknowledged is there after the restart, once, under the acknowledged sequence.
#include "tests/e2e/service.h"
#include "tests/e2e/webhook_load.h"
#include "tests/support/generators.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace ledger::test {
namespace {

// Rule 1: an answer of 200 means: on disk.
TEST(Crash, KillNineUnderLoadLosesNoAcknowledgedEvent) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  Random random(seed);
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  std::map<std::string, std::int64_t> acknowledged;  // The oracle: kept on this side of the socket.

  for (int round = 0; round < 6; ++round) {
    Service service(database);
    WebhookLoad load(service.port(), "round" + std::to_string(round), 8);
    load.wait_for_acknowledged(50 + random.below(1000));
    service.signal(SIGKILL);
    load.stop();
    ASSERT_EQ(service.wait(), (ProcessEnd{-1, SIGKILL}));
    ASSERT_THAT(load.surprises(), testing::IsEmpty());
    ASSERT_GE(load.acknowledged().size(), 50U);
    acknowledged.insert(load.acknowledged().begin(), load.acknowledged().end());

    Service again(database);
    const auto recorded = recorded_webhook_ids(again.port());
    for (const auto& [id, sequence] : acknowledged) {
      const auto found = recorded.find(id);
      ASSERT_NE(found, recorded.end()) << "acknowledged as " << sequence << " and lost: " << id;
      ASSERT_EQ(found->second, sequence) << id;
    }
    // What had no answer is repeated, as the platform would: recorded now, or recognised; from then on it is acknowledged.
    for (const std::string& id : load.unanswered()) {
      const HttpResponse answer =
          fetch(again.port(), "POST", "/webhooks/highlevel", {{"Content-Type", "application/json"}}, WebhookLoad::body_of(id));
      ASSERT_EQ(answer.status, 200) << answer.body;
      if (const auto found = recorded.find(id); found != recorded.end()) {
        EXPECT_EQ(answer.body, R"({"status":"duplicate","sequence":)" + std::to_string(found->second) + "}");
        acknowledged.emplace(id, found->second);
      }
    }
    again.signal(SIGKILL);
    again.wait();
  }
  const ToolResult verified = run_ledger({"verify", "--database", database});
  EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
}

// A commit that fails leaves the disk in an unknown state: nobody is told 200, the process ends, and the restart reads the truth.
TEST(Crash, ADiskThatFailsAtCommitEndsTheServiceAndLosesNothing) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  std::map<std::string, std::int64_t> acknowledged;
  {
    // The write-ahead log may not grow beyond half a mebibyte; no file system can be filled without being root.
    Service service(database, {"--allow-unsigned"}, {"prlimit", "--fsize=524288"});
    WebhookLoad load(service.port(), "load", 4);
    ASSERT_TRUE(service.wait_for_log("\"event\":\"store_poisoned\"")) << service.log();
    EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
    load.stop();
    EXPECT_THAT(load.surprises(), testing::IsEmpty());
    EXPECT_THAT(load.acknowledged(), testing::Not(testing::IsEmpty()));
    acknowledged = load.acknowledged();
  }
  Service again(database);
  const auto recorded = recorded_webhook_ids(again.port());
  for (const auto& [id, sequence] : acknowledged) {
    const auto found = recorded.find(id);
    ASSERT_NE(found, recorded.end()) << id;
    EXPECT_EQ(found->second, sequence);
  }
}

}  // namespace
}  // namespace ledger::test
