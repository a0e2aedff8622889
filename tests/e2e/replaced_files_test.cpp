// The database's files are deleted or replaced while the service runs. A restart would not open the files that the service commits to, so it must not
// acknowledge anything any more.
#include "tests/e2e/oracle.h"
#include "tests/e2e/service.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

namespace ledger::test::replaced_files_test {
namespace {

using testing::HasSubstr;

class ReplacedFiles : public testing::Test {
 protected:
  /// Calls `change` under load and waits until the service has ended because of it.
  template <class Change>
  void expect_end_after(Change change) {
    Service service(database_);
    WebhookLoad load(service.port(), "load", 4);
    load.wait_for_acknowledged(100);
    change();
    ASSERT_FALSE(load.wait_for_more_acknowledged(100)) << "it still writes to files that no restart opens";
    EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
    load.stop();
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"database_replaced\""));
    EXPECT_THAT(service.log(), HasSubstr("\"event\":\"store_poisoned\""));
    oracle_.learn(load);
  }
  void expect_all_there_after_restart() {
    Service again(database_);
    oracle_.compare_tail(again.port());
    oracle_.repeat_open(again.port(), 200);
    oracle_.compare_tail(again.port());
    again.signal(SIGTERM);
    EXPECT_EQ(again.wait(), (ProcessEnd{0, 0}));
    const ToolResult verified = run_ledger({"verify", "--database", database_});
    EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  }

  TempDirectory directory_;
  std::string database_ = directory_.file("ledger.db");
  Oracle oracle_;
};

TEST_F(ReplacedFiles, ADeletedLogEndsTheServiceAndLosesNothing) {
  expect_end_after([&] { std::filesystem::remove(database_ + "-wal"); });
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, AllFilesBesideTheDatabaseDeletedEndTheServiceAndLoseNothing) {
  expect_end_after([&] {
    for (const char* suffix : {"-shm", "-wal"}) std::filesystem::remove(database_ + suffix);
  });
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, AForeignFileInThePlaceOfTheLogEndsTheServiceAndLosesNothing) {
  const std::string foreign = directory_.file("foreign");
  std::ofstream(foreign) << std::string(100'000, 'x');
  expect_end_after([&] { std::filesystem::rename(foreign, database_ + "-wal"); });
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, AMovedAwayDatabaseIsWholeWhereItWasMovedTo) {
  const std::string elsewhere = directory_.file("elsewhere.db");
  expect_end_after([&] { std::filesystem::rename(database_, elsewhere); });
  EXPECT_FALSE(std::filesystem::exists(database_));
  database_ = elsewhere;
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, ARestoredCopyIsLeftAsItIs) {
  const std::string copy = directory_.file("copy.db");
  const std::string elsewhere = directory_.file("elsewhere.db");
  {
    Service service(database_);
    WebhookLoad load(service.port(), "before", 4);
    load.wait_for_acknowledged(50);
    load.stop();
    oracle_.learn(load);
    ASSERT_EQ(run_tool("sqlite3", {"-readonly", database_, "VACUUM INTO '" + copy + "'"}).end.exit_code, 0);
  }
  expect_end_after([&] {
    std::filesystem::rename(database_, elsewhere);
    std::filesystem::rename(copy, database_);
  });
  // The rest of the write-ahead log went into the service's own file. Otherwise the next start would write it into the copy.
  EXPECT_EQ(std::filesystem::file_size(database_ + "-wal"), 0U);
  const ToolResult verified = run_ledger({"verify", "--database", database_});
  EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  database_ = elsewhere;
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, ADeletedDatabaseIsNoticedBeforeAnotherDeliveryIsAcknowledged) {
  std::size_t acknowledged_before = 0;
  Service service(database_);
  WebhookLoad load(service.port(), "load", 4);
  load.wait_for_acknowledged(100);
  load.stop();
  acknowledged_before = load.acknowledged().size();
  std::filesystem::remove(database_);
  WebhookLoad late(service.port(), "late", 1);
  late.wait_for_refused(1);
  EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
  late.stop();
  EXPECT_GE(acknowledged_before, 100U);
  EXPECT_THAT(late.acknowledged(), testing::IsEmpty());
  EXPECT_THAT(late.surprises(), testing::IsEmpty());
}

TEST_F(ReplacedFiles, ADeletedSharedMemoryFileEndsTheServiceAndLosesNothing) {
  expect_end_after([&] { std::filesystem::remove(database_ + "-shm"); });
  EXPECT_GT(std::filesystem::file_size(database_ + "-wal"), 0U) << "without the file the service cannot know whether another process reads it";
  expect_all_there_after_restart();
}

TEST_F(ReplacedFiles, AnIdleServiceThatStopsSaysThatItsFilesAreGone) {
  Service service(database_);
  std::filesystem::remove(database_);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{1, 0})) << service.log();
  EXPECT_THAT(service.log(), HasSubstr("\"event\":\"database_replaced\""));
}

}  // namespace
}  // namespace ledger::test::replaced_files_test
