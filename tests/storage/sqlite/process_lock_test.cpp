// One writing process per database file, under whatever name.
#include "storage/sqlite/process_lock.h"

#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ledger::storage::process_lock_test {
namespace {

using testing::HasSubstr;

class ProcessLockTest : public testing::Test {
 protected:
  void make(const std::string& name, const std::string& content = "x") { std::ofstream(directory_.file(name)) << content; }
  void expect_not_usable(const std::string& name, const std::string& why) {
    const auto lock = ProcessLock::acquire(directory_.file(name));
    ASSERT_FALSE(lock) << name;
    EXPECT_EQ(lock.error().code, Errc::invalid_request);
    EXPECT_EQ(lock.error().reason, "database-not-usable");
    EXPECT_THAT(lock.error().detail, HasSubstr(why));
  }

  test::TempDirectory directory_;
  const std::string path_ = directory_.file("ledger.db");
};

TEST_F(ProcessLockTest, RefusesTheSecondAndNamesTheFirst) {
  const auto first = ProcessLock::acquire(path_);
  ASSERT_TRUE(first);
  const auto second = ProcessLock::acquire(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(second.error().reason, "database-in-use");
  EXPECT_THAT(second.error().detail, HasSubstr("process " + std::to_string(::getpid())));
}

TEST_F(ProcessLockTest, IsOneForADatabaseAndForEveryLinkToIt) {
  std::filesystem::create_directory(directory_.file("volume"));
  std::filesystem::create_symlink("volume/real.db", path_);
  std::filesystem::create_symlink(path_, directory_.file("again.db"));
  const auto first = ProcessLock::acquire(directory_.file("again.db"));
  ASSERT_TRUE(first) << "also before the first start, when there is no database yet";
  for (const char* name : {"ledger.db", "volume/real.db"}) EXPECT_FALSE(ProcessLock::acquire(directory_.file(name))) << name;
}

TEST_F(ProcessLockTest, HoldsAgainstAHardLinkThatWasMadeMeanwhile) {
  const auto first = ProcessLock::acquire(path_);
  std::filesystem::create_hard_link(path_, directory_.file("link.db"));
  const auto second = ProcessLock::acquire(directory_.file("link.db"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "database-in-use");
}

TEST_F(ProcessLockTest, RefusesAFileOfSeveralNames) {
  make("ledger.db");
  std::filesystem::create_hard_link(path_, directory_.file("link.db"));
  expect_not_usable("ledger.db", "2 names");
  expect_not_usable("link.db", "2 names");
}

TEST_F(ProcessLockTest, RefusesWhatIsNoFile) {
  expect_not_usable("", "directory");
  std::filesystem::create_symlink("circle.db", directory_.file("circle.db"));
  expect_not_usable("circle.db", "circle.db");
  expect_not_usable("missing/ledger.db", "missing/ledger.db");
}

TEST_F(ProcessLockTest, RefusesALogWithoutItsDatabaseAndMakesNone) {
  make("ledger.db-wal");
  expect_not_usable("ledger.db", "write-ahead log");
  EXPECT_FALSE(std::filesystem::exists(path_)) << "beside an empty database, SQLite would delete the log";
  make("ledger.db", "");
  expect_not_usable("ledger.db", "write-ahead log");
}

TEST_F(ProcessLockTest, GivesANewFileToTheOwnerOfItsDirectory) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  ASSERT_EQ(::chown(directory_.path().c_str(), 4711, 4712), 0);
  ASSERT_TRUE(ProcessLock::acquire(path_));
  struct stat found {};
  ASSERT_EQ(::stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, 4711U);
  EXPECT_EQ(found.st_gid, 4712U);
}

TEST_F(ProcessLockTest, IsFreeAgainWhenItsHolderIsGone) {
  {
    auto first = ProcessLock::acquire(path_);
    const ProcessLock moved = *std::move(first);
    EXPECT_FALSE(ProcessLock::acquire(path_)) << "a moved lock still holds";
  }
  EXPECT_TRUE(ProcessLock::acquire(path_));
}

TEST_F(ProcessLockTest, NoHolderIsNamedWithoutALock) {
  make("ledger.db");
  EXPECT_EQ(lock_holder(path_, "FLOCK", 0), "another process");
  const auto lock = ProcessLock::acquire(path_);
  EXPECT_EQ(lock_holder(path_, "FLOCK", 0), "process " + std::to_string(::getpid()));
  EXPECT_EQ(lock_holder(path_, "POSIX", 120), "another process");
}

}  // namespace
}  // namespace ledger::storage::process_lock_test
