// A file under a name, and another file under the same name.
#include "storage/sqlite/file_identity.h"

#include "tests/support/recording_log.h"
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
  DatabaseFiles files() { return {database_, log_, lines_}; }
  /// Checks that the check finds one change, and logs it.
  void expect_change(const DatabaseFiles& files, const std::string& path, const std::string& found) {
    EXPECT_FALSE(files.are_in_place("here"));
    EXPECT_EQ(files.have_events_in_place(), path == shared_memory_);
    const test::LogLine line = lines_.lines("database_replaced").back();
    EXPECT_EQ(line.fields.at("where"), "here");
    EXPECT_EQ(line.fields.at("path"), path);
    EXPECT_EQ(line.fields.at("found"), found);
  }

  test::TempDirectory directory_;
  test::RecordingLog lines_;
  const std::string database_ = directory_.file("ledger.db");
  const std::string log_ = directory_.file("ledger.db-wal");
  const std::string shared_memory_ = directory_.file("ledger.db-shm");
};

TEST_F(FileIdentityTest, ALinkToTheSameFileIsNoChange) {
  const DatabaseFiles files = this->files();
  std::filesystem::rename(database_, directory_.file("renamed.db"));
  EXPECT_FALSE(files.are_in_place(""));
  std::filesystem::create_symlink(directory_.file("renamed.db"), database_);
  EXPECT_TRUE(files.are_in_place("")) << "links are followed";
}

TEST_F(FileIdentityTest, FilesThatAreWrittenToAreStillInPlace) {
  const DatabaseFiles files = this->files();
  std::ofstream(log_, std::ios::app) << "more";
  std::filesystem::resize_file(log_, 0);
  EXPECT_TRUE(files.are_in_place(""));
  EXPECT_TRUE(files.have_events_in_place());
  EXPECT_TRUE(lines_.lines("database_replaced").empty());
}

TEST_F(FileIdentityTest, AFileThatIsGoneIsNamed) {
  for (const std::string& path : {database_, log_, shared_memory_}) {
    const DatabaseFiles files = this->files();
    std::filesystem::remove(path);
    expect_change(files, path, "nothing");
    make(path);
  }
  EXPECT_EQ(lines_.lines("database_replaced").size(), 3U);
}

TEST_F(FileIdentityTest, AFileThatAnotherStandsInForIsNamed) {
  for (const std::string& path : {database_, log_, shared_memory_}) {
    const DatabaseFiles files = this->files();
    make(directory_.file("other"));
    std::filesystem::rename(directory_.file("other"), path);
    expect_change(files, path, "another file");
  }
}

TEST_F(FileIdentityTest, FilesThatStandAtNoPathAreInPlace) {
  const DatabaseFiles files(directory_.file("nowhere.db"), directory_.file("nowhere.db-wal"), lines_);
  EXPECT_TRUE(files.are_in_place(""));
}

}  // namespace
}  // namespace ledger::storage::file_identity_test
