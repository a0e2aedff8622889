// A file under a name, and another file under the same name.
#include "storage/sqlite/file_identity.h"

#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ledger::storage::file_identity_test {
namespace {

class FileIdentityTest : public testing::Test {
 protected:
  FileIdentityTest() {
    for (const std::string& path : {database_, log_, shared_memory_}) make(path);
  }
  static void make(const std::string& path) { std::ofstream(path) << "x"; }

  test::TempDirectory directory_;
  const std::string database_ = directory_.file("ledger.db");
  const std::string log_ = directory_.file("ledger.db-wal");
  const std::string shared_memory_ = directory_.file("ledger.db-shm");
};

TEST_F(FileIdentityTest, ALinkToTheSameFileIsNoChange) {
  const DatabaseFiles files(database_, log_);
  std::filesystem::rename(database_, directory_.file("renamed.db"));
  EXPECT_EQ(files.changes().size(), 1U);
  std::filesystem::create_symlink(directory_.file("renamed.db"), database_);
  EXPECT_TRUE(files.changes().empty()) << "links are followed";
}

TEST_F(FileIdentityTest, FilesThatAreWrittenToAreStillInPlace) {
  const DatabaseFiles files(database_, log_);
  std::ofstream(log_, std::ios::app) << "more";
  std::filesystem::resize_file(log_, 0);
  EXPECT_TRUE(files.changes().empty());
}

TEST_F(FileIdentityTest, AFileThatIsGoneIsNamed) {
  for (const std::string& path : {database_, log_, shared_memory_}) {
    const DatabaseFiles files(database_, log_);
    std::filesystem::remove(path);
    const auto changes = files.changes();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].path, path);
    EXPECT_TRUE(changes[0].is_missing);
    EXPECT_EQ(changes[0].has_events, path != shared_memory_);
    make(path);
  }
}

TEST_F(FileIdentityTest, AFileThatAnotherStandsInForIsNamed) {
  for (const std::string& path : {database_, log_, shared_memory_}) {
    const DatabaseFiles files(database_, log_);
    make(directory_.file("other"));
    std::filesystem::rename(directory_.file("other"), path);
    const auto changes = files.changes();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].path, path);
    EXPECT_FALSE(changes[0].is_missing);
  }
}

TEST_F(FileIdentityTest, FilesThatStandAtNoPathAreInPlace) {
  const DatabaseFiles files(directory_.file("nowhere.db"), directory_.file("nowhere.db-wal"));
  EXPECT_TRUE(files.changes().empty());
}

}  // namespace
}  // namespace ledger::storage::file_identity_test
