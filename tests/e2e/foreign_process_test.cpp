// Other processes that use the database of a running service: a second ledger is refused and has no effect, a foreign lock delays and loses nothing.
#include "tests/e2e/oracle.h"
#include "tests/e2e/service.h"
#include "tests/support/evidence.h"
#include "tests/support/http_client.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_directory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>

namespace ledger::test::foreign_process_test {
namespace {

using testing::HasSubstr;

/// A process of SQLite's shell that holds the write lock of a database.
class ForeignLock {
 public:
  /// Returns when the lock is held.
  ForeignLock(const TempDirectory& directory, const std::string& database) : pipe_(directory.file("pipe")) {
    if (::mkfifo(pipe_.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    shell_ = std::async(std::launch::async, [this, database] {
      return run_tool("sqlite3", {database, ".timeout 20000", "BEGIN IMMEDIATE", ".read " + pipe_});
    });
    // open() waits for the shell, which opens the pipe when it has the lock.
    descriptor_ = ::open(pipe_.c_str(), O_WRONLY | O_CLOEXEC);
  }
  ForeignLock(const ForeignLock&) = delete;
  ForeignLock& operator=(const ForeignLock&) = delete;
  ~ForeignLock() { release(); }

  /// Ends the shell and its transaction.
  void release() {
    if (!shell_.valid()) return;
    ::close(descriptor_);
    const ToolResult ended = shell_.get();
    EXPECT_EQ(ended.end.exit_code, 0) << ended.error;
  }

 private:
  std::string pipe_;
  int descriptor_ = -1;
  std::future<ToolResult> shell_;
};

class ForeignProcess : public testing::Test {
 protected:
  /// Checks the ledger while the service runs, and after its end.
  void expect_everything(Service& service, const WebhookLoad& load) {
    oracle_.learn(load);
    oracle_.compare_tail(service.port());
    oracle_.repeat_open(service.port(), 100);
    oracle_.compare_all(service.port());
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
    const ToolResult verified = run_ledger({"verify", "--database", database_});
    EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  }

  TempDirectory directory_;
  std::string database_ = directory_.file("ledger.db");
  Oracle oracle_;
};

TEST_F(ForeignProcess, ASecondLedgerIsRefusedUnderLoadAndDisturbsNothing) {
  Service service(database_);
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  std::size_t refused = 0;
  for (std::size_t round = 0; round < scaled(5); ++round) {
    for (const char* command : {"serve", "rebuild", "migrate"}) {
      const ToolResult second = run_ledger({command, "--database", database_});
      EXPECT_EQ(second.end, (ProcessEnd{1, 0})) << command;
      EXPECT_THAT(second.error, HasSubstr("in use by process " + std::to_string(service.pid()))) << command;
      ASSERT_TRUE(load.wait_for_more_acknowledged(20)) << "the load goes on";
      ++refused;
    }
    EXPECT_EQ(run_ledger({"verify", "--database", database_}).end, (ProcessEnd{0, 0}));
  }
  load.stop();
  EXPECT_THAT(load.refused(), testing::IsEmpty());
  evidence(refused, "second processes refused under load");
  expect_everything(service, load);
}

TEST_F(ForeignProcess, AForeignWriteLockIsNamedByReadinessUntilItIsReleased) {
  Service service(database_);
  ForeignLock lock(directory_, database_);
  WebhookLoad load(service.port(), "load", 1);
  load.wait_for_refused(1);
  load.stop();
  const HttpResponse probe = fetch(service.ops_port(), "GET", "/readyz?verbose");
  EXPECT_EQ(probe.status, 503);
  EXPECT_THAT(probe.body, testing::ContainsRegex("\"reason\":\"process [0-9]+ holds the write lock\""));
  lock.release();
  EXPECT_TRUE(service.wait_for_log("\"event\":\"store_recovered\"")) << "without a delivery";
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
}

TEST_F(ForeignProcess, AForeignWriteLockIsAnsweredWithTryAgainAndThenForgotten) {
  Service service(database_);
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  ForeignLock lock(directory_, database_);
  load.wait_for_refused(1);  // After the budget of two seconds.
  EXPECT_EQ(fetch(service.port(), "GET", "/v1/events?limit=1").status, 200) << "questions are still answered";
  lock.release();
  EXPECT_TRUE(load.wait_for_more_acknowledged(100));
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
  load.stop();
  for (const auto& [id, reason] : load.refused()) EXPECT_EQ(reason, "database-busy") << id;
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_degraded\",\"where\":\"begin\",\"fault\":\"busy\""));
  evidence(load.refused().size(), "deliveries refused during a foreign lock");
  expect_everything(service, load);
}

TEST_F(ForeignProcess, AWriterOfAnotherProgramLeavesNoGapAndCostsNoAcknowledgedEvent) {
  Service service(database_);
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(50);
  // A foreign process commits a harmless transaction. The service must continue with its own last sequence.
  for (std::size_t round = 0; round < scaled(10); ++round) {
    const ToolResult foreign = run_tool("sqlite3", {database_, ".timeout 20000", "UPDATE schema_migration SET name = name WHERE version = 1"});
    EXPECT_EQ(foreign.end, (ProcessEnd{0, 0})) << foreign.error;
    ASSERT_TRUE(load.wait_for_more_acknowledged(20));
  }
  load.stop();
  expect_everything(service, load);
}

}  // namespace
}  // namespace ledger::test::foreign_process_test
