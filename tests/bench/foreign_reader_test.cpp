// Tests of the foreign reader: it holds checkpoints back while it exists.
#include "tests/bench/foreign_reader.h"

#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <optional>
#include <stdexcept>

namespace ledger::bench::foreign_reader_test {
namespace {

class ForeignReaderTest : public testing::Test {
 protected:
  ForeignReaderTest() {
    sqlite3* opened = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &opened), SQLITE_OK);
    database_.reset(opened);
    run("PRAGMA journal_mode=WAL; CREATE TABLE t (x)");
  }

  void run(const char* sql) {
    EXPECT_EQ(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database_.get());
  }

  /// Whether a checkpoint copies all frames of the log.
  bool checkpoint_is_complete() {
    int frames = 0;
    int copied = 0;
    EXPECT_EQ(sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied), SQLITE_OK);
    return frames == copied;
  }

  const test::TempDirectory directory_;
  const std::string file_ = directory_.file("some.db");
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database_{nullptr, sqlite3_close};
};

TEST_F(ForeignReaderTest, HoldsCheckpointsBackUntilItEnds) {
  std::optional<ForeignReader> reader(std::in_place, file_);
  run("INSERT INTO t VALUES (1)");
  EXPECT_FALSE(checkpoint_is_complete());
  reader.reset();
  EXPECT_TRUE(checkpoint_is_complete());
}

TEST_F(ForeignReaderTest, RefusesAFileThatIsMissing) {
  EXPECT_THROW(ForeignReader(directory_.file("missing.db")), std::runtime_error);
}

}  // namespace
}  // namespace ledger::bench::foreign_reader_test
