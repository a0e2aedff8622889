// The real binary on a disk that fails: it acknowledges nothing that is not on disk, ends as documented, and a restart on a healed disk finds
// everything. The system calls of SQLite itself fail (failing_io.cpp).
#include "tests/e2e/faults.h"
#include "tests/e2e/oracle.h"
#include "tests/e2e/service.h"
#include "tests/support/evidence.h"
#include "tests/support/http_client.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <ostream>

namespace ledger::test::disk_fault_test {
namespace {

using testing::HasSubstr;
using Rules = std::vector<std::string>;

std::string rule(const std::string& call, const std::string& suffix, const std::string& first_and_last, int error) {
  return call + " " + suffix + " " + first_and_last + " " + std::to_string(error);
}

class DiskFault : public testing::Test {
 protected:
  /// Restarts on a healed disk. Every acknowledged event must be there, every other one whole or not at all, retries must be recognised, and verify
  /// must find nothing.
  void expect_everything_after_restart() {
    faults_.heal();
    Service again(database_, {"--allow-unsigned"}, faults_.launcher());
    oracle_.compare_tail(again.port());
    oracle_.repeat_open(again.port(), 100);
    oracle_.compare_all(again.port());
    again.signal(SIGTERM);
    EXPECT_EQ(again.wait(), (ProcessEnd{0, 0})) << again.log();
    const ToolResult verified = run_ledger({"verify", "--database", database_});
    EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  }

  TempDirectory directory_;
  const std::string database_ = directory_.file("ledger.db");
  Faults faults_;
  Oracle oracle_;
};

struct Case {
  std::string name;
  Rules rules;
  std::string log;  ///< A part of the service's log.

  friend void PrintTo(const Case& fault, std::ostream* stream) { *stream << fault.name; }
};

class DiskFaultUnderLoad : public DiskFault, public testing::WithParamInterface<Case> {};

TEST_P(DiskFaultUnderLoad, EndsTheServiceAndLosesNothing) {
  {
    Service service(database_, {"--allow-unsigned"}, faults_.launcher());
    WebhookLoad load(service.port(), "load", 4);
    load.wait_for_acknowledged(100);
    faults_.set(GetParam().rules);
    EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
    load.stop();
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"fault_injected\""));
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_poisoned\"" + GetParam().log));
    oracle_.learn(load);
    evidence(load.acknowledged().size(), "events acknowledged before the disk failed");
  }
  expect_everything_after_restart();
}

INSTANTIATE_TEST_SUITE_P(
    Disk, DiskFaultUnderLoad,
    testing::Values(
        Case{"ASyncOfTheLogThatFailsOnce", {rule("fdatasync", "-wal", "3 3", EIO)}, ",\"where\":\"commit\",\"fault\":\"io\""},
        Case{"SyncsOfTheLogThatFail", {rule("fdatasync", "-wal", "1 0", EIO)}, ",\"where\":\"commit\",\"fault\":\"io\""},
        Case{"AWriteToTheLogThatFailsOnce", {rule("write", "-wal", "7 7", EIO)}, ",\"where\":\"commit\",\"fault\":\"io\""},
        Case{"WritesToTheLogThatFail", {rule("write", "-wal", "2 0", EIO)}, ",\"where\":\"commit\",\"fault\":\"io\""},
        Case{"ADiskThatBecomesReadOnly",
             {rule("write", "-wal", "2 0", EROFS)},
             ",\"where\":\"commit\",\"fault\":\"io\",\"code\":778,\"errno\":\"EROFS\""},
        Case{"AWriteToTheLogThatIsTorn", {"write -wal 6 6 short", rule("write", "-wal", "7 7", EIO)}, ",\"where\":\"commit\",\"fault\":\"io\""},
        Case{"ASyncOfTheDatabaseThatFailsOnce", {rule("fdatasync", "ledger.db", "1 1", EIO)}, ",\"where\":\"checkpoint\",\"fault\":\"io\""},
        Case{"AWriteToTheDatabaseThatFailsOnce", {rule("write", "ledger.db", "2 2", EIO)}, ",\"where\":\"checkpoint\",\"fault\":\"io\""}),
    [](const auto& test) { return test.param.name; });

class DiskFaultWhileStopping : public DiskFault, public testing::WithParamInterface<Case> {};

TEST_P(DiskFaultWhileStopping, IsAFailureAndLosesNothing) {
  {
    Service service(database_, {"--allow-unsigned"}, faults_.launcher());
    WebhookLoad load(service.port(), "load", 4);
    load.wait_for_acknowledged(100);
    load.stop();
    faults_.set(GetParam().rules);
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_poisoned\"" + GetParam().log));
    oracle_.learn(load);
    EXPECT_EQ(oracle_.open(), 0U);
  }
  expect_everything_after_restart();
}

INSTANTIATE_TEST_SUITE_P(
    Disk, DiskFaultWhileStopping,
    testing::Values(Case{"TheLogCannotBeCutOff", {rule("ftruncate", "-wal", "1 0", EIO)}, ",\"where\":\"checkpoint\",\"fault\":\"io\""},
                    Case{"TheDatabaseCannotBeSynced", {rule("fdatasync", "ledger.db", "1 0", EIO)}, ",\"where\":\"checkpoint\",\"fault\":\"io\""},
                    Case{"TheDatabaseCannotBeWritten", {rule("write", "ledger.db", "3 0", EIO)}, ",\"where\":\"checkpoint\",\"fault\":\"io\""}),
    [](const auto& test) { return test.param.name; });

class DiskFaultWithoutRoom : public DiskFault, public testing::WithParamInterface<Case> {};

TEST_P(DiskFaultWithoutRoom, IsRefusedAndHealsWithoutARestart) {
  Service service(database_, {"--allow-unsigned"}, faults_.launcher());
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  faults_.set(GetParam().rules);
  load.wait_for_refused(1);
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 503);
  faults_.heal();
  EXPECT_TRUE(load.wait_for_more_acknowledged(100)) << service.log();
  load.stop();
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
  for (const auto& [id, reason] : load.refused()) EXPECT_EQ(reason, "disk-full") << id;
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_degraded\"" + GetParam().log));
  oracle_.learn(load);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  expect_everything_after_restart();
}

INSTANTIATE_TEST_SUITE_P(
    Disk, DiskFaultWithoutRoom,
    testing::Values(
        Case{"InTheLog", {rule("write", "-wal", "5 0", ENOSPC)}, ",\"where\":\"commit\",\"fault\":\"full\""},
        Case{"InTheLogForAWholeWrite", {"write -wal 6 6 short", rule("write", "-wal", "7 0", ENOSPC)}, ",\"where\":\"commit\",\"fault\":\"full\""},
        Case{"InTheQuota", {rule("write", "-wal", "5 0", EDQUOT)}, ",\"where\":\"commit\",\"fault\":\"full\",\"code\":778,\"errno\":\"EDQUOT\""}),
    [](const auto& test) { return test.param.name; });

TEST_F(DiskFault, WithoutRoomForTheLastCheckpointTheLogIsLeftToTheNextStart) {
  {
    Service service(database_, {"--allow-unsigned"}, faults_.launcher());
    WebhookLoad load(service.port(), "load", 4);
    load.wait_for_acknowledged(100);
    load.stop();
    faults_.set({rule("write", "ledger.db", "3 0", EDQUOT)});
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"checkpoint_left_to_next_start\""));
    oracle_.learn(load);
  }
  expect_everything_after_restart();
}

TEST_F(DiskFault, WritesThatAreShortOrInterruptedAreCompleted) {
  Service service(database_, {"--allow-unsigned"}, faults_.launcher());
  faults_.set({"write -wal 2 3 short", rule("write", "-wal", "8 9", EINTR), "write ledger.db 1 2 short"});
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  load.stop();
  EXPECT_THAT(load.refused(), testing::IsEmpty());
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"fault_injected\""));
  oracle_.learn(load);
  expect_everything_after_restart();
}

TEST_F(DiskFault, AFullDiskIsRefusedInTimeAndHealsWithoutARestart) {
  Service service(database_, {"--allow-unsigned"}, faults_.launcher());
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  faults_.set({"statvfs ledger.db 1 0 full"});
  load.wait_for_refused(10);
  const HttpResponse not_ready = fetch(service.ops_port(), "GET", "/readyz?verbose");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_THAT(not_ready.body, HasSubstr("the disk is full"));
  EXPECT_EQ(fetch(service.port(), "GET", "/v1/events?limit=1").status, 200) << "questions are still answered";

  faults_.heal();
  EXPECT_TRUE(load.wait_for_more_acknowledged(100));
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
  load.stop();
  for (const auto& [id, reason] : load.refused()) EXPECT_EQ(reason, "disk-full") << id;
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_degraded\",\"where\":\"before_begin\",\"fault\":\"full\""));
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_recovered\""));
  oracle_.learn(load);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  evidence(load.refused().size(), "deliveries refused for want of room");
  expect_everything_after_restart();
}

TEST_F(DiskFault, AFullDiskThatHealsIsNoticedByTheProbesAlone) {
  Service service(database_, {"--allow-unsigned"}, faults_.launcher());
  faults_.set({"statvfs ledger.db 1 0 full"});
  WebhookLoad load(service.port(), "load", 1);
  load.wait_for_refused(1);
  load.stop();
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 503);
  faults_.heal();
  // It may still report the last attempt, but makes another.
  static_cast<void>(fetch(service.ops_port(), "GET", "/readyz"));
  EXPECT_TRUE(service.wait_for_log("\"event\":\"store_recovered\""));
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
}

/// Starts in which the first call to the disk fails, the second, the third, … until a start makes no further call.
class DiskFaultWhileStarting : public DiskFault {
 protected:
  /// False if the start made fewer calls.
  bool start_with_failing(const std::string& database, int call) {
    faults_.set({rule("any", "*", std::to_string(call) + " " + std::to_string(call), EIO)});
    Service service(Service::Spawned{}, database, faults_.launcher());
    if (!service.wait_for_ready()) {
      ++refused_;
      EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
      EXPECT_THAT(service.log(), HasSubstr("\"event\":\"database_refused\""));
    }
    service.signal(SIGKILL);
    service.wait();
    faults_.heal();
    return service.log().find("fault_injected") != std::string::npos;
  }
  void end_in_order(const std::string& database) {
    Service service(database, {"--allow-unsigned"}, faults_.launcher());
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  }
  /// Copies the files of a ledger that a start reads. REQUIRES that no process has it open.
  static void copy_ledger(const std::string& from, const std::string& to) {
    for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(from + suffix, to + suffix, std::filesystem::copy_options::overwrite_existing);
  }
  void record_some_more(const std::string& database, const std::string& name, Oracle& oracle) {
    Service healed(database, {"--allow-unsigned"}, faults_.launcher());
    WebhookLoad load(healed.port(), name, 2);
    load.wait_for_acknowledged(5);
    load.stop();
    oracle.learn(load);
    oracle.compare_all(healed.port());
  }

  /// 1 at full scale; only every step_-th call fails otherwise.
  const int step_ = static_cast<int>(std::max<std::size_t>(1, 10 / scaled(10)));
  std::size_t refused_ = 0;
};

TEST_F(DiskFaultWhileStarting, ANewLedgerIsMadeByTheNextStart) {
  std::size_t failed = 0;
  for (int call = 1; start_with_failing(directory_.file(std::to_string(call) + ".db"), call); call += step_, ++failed) {
    SCOPED_TRACE("call " + std::to_string(call));
    Oracle oracle;
    record_some_more(directory_.file(std::to_string(call) + ".db"), "call" + std::to_string(call), oracle);
  }
  EXPECT_GT(refused_, 0U);
  evidence(failed, "calls of the disk that failed while a ledger was made");
}

TEST_F(DiskFaultWhileStarting, TheNextStartRecoversEverything) {
  end_in_order(database_);                        // So little is recovered from the log, by few calls.
  record_some_more(database_, "first", oracle_);  // The service is killed afterwards.
  const std::string left = directory_.file("left.db");
  copy_ledger(database_, left);
  const Oracle known = oracle_;
  std::size_t failed = 0;
  for (int call = 1; start_with_failing(database_, call); call += step_, ++failed) {
    SCOPED_TRACE("call " + std::to_string(call));
    record_some_more(database_, "call" + std::to_string(call), oracle_);
    copy_ledger(left, database_);
    oracle_ = known;
  }
  evidence(failed, "calls of the disk that failed while a ledger was recovered");
  expect_everything_after_restart();
}

}  // namespace
}  // namespace ledger::test::disk_fault_test
