// kill -9 under load: every acknowledged event is there after the restart, once, with the acknowledged sequence.
#include "tests/e2e/faults.h"
#include "tests/e2e/oracle.h"
#include "tests/e2e/service.h"
#include "tests/e2e/webhook_load.h"
#include "tests/support/evidence.h"
#include "tests/support/generators.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>

#include <memory>

namespace ledger::test::crash_test {
namespace {

/// One ledger that is started and killed many times. The responses to its clients are compared after every start.
class KillNine {
 public:
  explicit KillNine(Random& random) : random_(random) {}

  void round(int number) {
    switch (random_.below(5)) {
      case 0: return kill_while_starting();
      case 1: return kill_while_draining(number);
      case 2: return kill_at_a_call_of_the_disk(number);
      default: return kill_under_load(number);
    }
  }

  void expect_everything_at_last() {
    {
      Service service(database_);
      oracle_.compare_tail(service.port());
      oracle_.repeat_open(service.port(), oracle_.open());
      oracle_.compare_all(service.port());
      service.signal(SIGTERM);
      EXPECT_EQ(service.wait(), (ProcessEnd{0, 0}));
    }
    const ToolResult verified = run_ledger({"verify", "--database", database_});
    EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
    evidence(kills_, "kills");
    evidence(kills_while_starting_, "kills while starting");
    evidence(kills_while_draining_, "kills while draining");
    evidence(oracle_.acknowledged(), "acknowledged events compared after kills");
    evidence(recognised_, "repeats recognised after kills");
  }

 private:
  /// Starts after a kill. The service must recover every acknowledged event.
  std::unique_ptr<Service> start() {
    auto service = std::make_unique<Service>(database_, std::vector<std::string>{"--allow-unsigned"}, faults_.launcher());
    oracle_.compare_tail(service->port());
    recognised_ += oracle_.repeat_open(service->port(), 4);
    return service;
  }

  void note_kill(Service& service) {
    EXPECT_EQ(service.wait(), (ProcessEnd{-1, SIGKILL})) << service.log();
    ++kills_;
  }

  void kill_while_starting() {
    if (random_.chance(50)) faults_.set({kill_at_call(1 + random_.below(14))});
    Service service(Service::Spawned{}, database_, faults_.launcher());
    if (random_.chance(50)) {
      static_cast<void>(service.wait_for_log("\"event\":\"listening\""));  // … or dead before that.
    } else {
      for (std::size_t left = random_.below(3000); left > 0; --left) ::sched_yield();
    }
    service.signal(SIGKILL);
    note_kill(service);
    ++kills_while_starting_;
    faults_.heal();
  }

  void kill_under_load(int number) {
    const auto service = start();
    WebhookLoad load(service->port(), "round" + std::to_string(number), kClients);
    load.wait_for_acknowledged(1 + random_.below(200));
    service->signal(SIGKILL);
    load.stop();
    note_kill(*service);
    oracle_.learn(load);
  }

  /// Kills between two writes, between a write and its sync, or within a checkpoint.
  void kill_at_a_call_of_the_disk(int number) {
    const auto service = start();
    faults_.set({kill_at_call(1 + random_.below(1500))});
    WebhookLoad load(service->port(), "round" + std::to_string(number), kClients);
    note_kill(*service);
    load.stop();
    oracle_.learn(load);
    faults_.heal();
  }

  void kill_while_draining(int number) {
    const auto service = start();
    WebhookLoad load(service->port(), "round" + std::to_string(number), kClients);
    load.wait_for_acknowledged(1 + random_.below(100));
    const std::size_t moment = random_.below(4);
    if (moment == 3) faults_.set({"any ledger.db " + std::to_string(1 + random_.below(20)) + " 0 kill"});  // Within the last checkpoint.
    service->signal(SIGTERM);
    if (moment == 1) static_cast<void>(service->wait_for_log("\"event\":\"drain_started\""));
    if (moment == 2) static_cast<void>(service->wait_for_log("\"event\":\"drained\""));
    if (moment != 3) service->signal(SIGKILL);
    const ProcessEnd end = service->wait();
    load.stop();
    oracle_.learn(load);
    faults_.heal();
    if (end == ProcessEnd{0, 0}) return;  // It ended before the signal.
    note_kill(*service);
    ++kills_while_draining_;
  }

  static std::string kill_at_call(std::size_t number) { return "any * " + std::to_string(number) + " 0 kill"; }

  static constexpr int kClients = 8;
  Random& random_;
  TempDirectory directory_;
  std::string database_ = directory_.file("ledger.db");
  Faults faults_;
  Oracle oracle_;
  std::size_t kills_ = 0;
  std::size_t kills_while_starting_ = 0;
  std::size_t kills_while_draining_ = 0;
  std::size_t recognised_ = 0;
};

// A response of 200 means that the event is on disk.
TEST(Crash, KillNineUnderLoadLosesNoAcknowledgedEvent) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  Random random(seed);
  KillNine ledger(random);
  const int rounds = static_cast<int>(scaled(200));
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    ledger.round(round);
  }
  ledger.expect_everything_at_last();
}

// A failed commit leaves the disk in an unknown state: no delivery is acknowledged, the process ends, and the restart finds out what is on disk.
TEST(Crash, ADiskThatFailsAtCommitEndsTheServiceAndLosesNothing) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  Oracle oracle;
  {
    // The write-ahead log may not grow above half a mebibyte. Only root could fill a file system.
    Service service(database, {"--allow-unsigned"}, {"prlimit", "--fsize=524288"});
    WebhookLoad load(service.port(), "load", 4);
    ASSERT_TRUE(service.wait_for_log("\"event\":\"store_poisoned\"")) << service.log();
    EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
    load.stop();
    EXPECT_THAT(load.acknowledged(), testing::Not(testing::IsEmpty()));
    oracle.learn(load);
  }
  Service again(database);
  oracle.compare_tail(again.port());
}

// A long write-ahead log takes many seconds. A supervisor that asks /livez meanwhile must not kill the service.
TEST(Crash, TheNextStartAnswersProbesWhileItRecovers) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  {
    Service service(database);
    const std::string body = R"({"type":"AssociationCreate","locationId":"L","id":"a"})";
    ASSERT_EQ(fetch(service.port(), "POST", "/webhooks/highlevel", {}, body).status, 200);
    service.signal(SIGKILL);
    service.wait();
  }
  Faults faults;
  faults.set({"fdatasync -wal 1 0 hold"});
  Service service(Service::Spawned{}, database, faults.launcher());
  ASSERT_TRUE(service.wait_for_log("fault_injected"));
  ASSERT_TRUE(service.wait_for_operations());
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/livez").status, 200);
  const HttpResponse ready = fetch(service.ops_port(), "GET", "/readyz?verbose");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, testing::HasSubstr("The database is being opened."));
  faults.heal();
  ASSERT_TRUE(service.wait_for_ready());
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
  EXPECT_EQ(fetch(service.port(), "GET", "/v1/events/1").status, 200);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
}

}  // namespace
}  // namespace ledger::test::crash_test
