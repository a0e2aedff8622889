// Free space against what the database will need.
#include "storage/sqlite/disk_room.h"

#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "tests/support/simulated_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace ledger::storage::disk_room_test {
namespace {

constexpr std::uintmax_t kMegabyte = 1'000'000;
std::atomic<std::uintmax_t> free_bytes;

class DiskRoomTest : public testing::Test {
 protected:
  /// A database whose log will lengthen the file by some 8 MB.
  DiskRoomTest() { database_.exec("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(8000000))"); }

  DiskRoom room(std::uintmax_t low_water_mark = 64 * kMegabyte) {
    return {database_, "ledger.db", low_water_mark, [](const std::string& /*path*/) noexcept { return std::optional(free_bytes.load()); }};
  }

  test::SimulatedVfs vfs_{1};
  SQLite::Database database_ = open_writer({"ledger.db", vfs_.name(), 10});
};

TEST_F(DiskRoomTest, CountsWhatTheNextCheckpointAddsAsUsed) {
  const DiskRoom room = this->room();
  free_bytes = 71 * kMegabyte;
  EXPECT_FALSE(room.has_room_for_events());
  free_bytes = 74 * kMegabyte;
  EXPECT_TRUE(room.has_room_for_events());
  free_bytes = 11 * kMegabyte;
  EXPECT_FALSE(room.has_room_for_checkpoint());
  free_bytes = 14 * kMegabyte;
  EXPECT_TRUE(room.has_room_for_checkpoint());
  free_bytes = 7 * kMegabyte;
  EXPECT_FALSE(room.has_room_to_finish());
  free_bytes = 9 * kMegabyte;
  EXPECT_TRUE(room.has_room_to_finish());
}

TEST_F(DiskRoomTest, CountsItNoMoreAfterTheCheckpoint) {
  DiskRoom room = this->room();
  ASSERT_EQ(checkpoint_truncating(database_), SQLITE_OK);
  room.measure();
  free_bytes = 65 * kMegabyte;
  EXPECT_TRUE(room.has_room_for_events());
}

TEST_F(DiskRoomTest, KeepsTheLastMeasureWhenTheFileCannotBeMeasured) {
  DiskRoom room = this->room();
  ASSERT_EQ(checkpoint_truncating(database_), SQLITE_OK);
  vfs_.fail({test::Operation::measure, test::FileKind::database, SQLITE_IOERR_FSTAT});
  room.measure();
  free_bytes = 71 * kMegabyte;
  EXPECT_FALSE(room.has_room_for_events());
}

TEST_F(DiskRoomTest, HasRoomWhenTheFreeSpaceIsNotKnown) {
  const DiskRoom room(database_, "ledger.db", 64 * kMegabyte,
                      [](const std::string& /*path*/) noexcept -> std::optional<std::uintmax_t> { return std::nullopt; });
  EXPECT_TRUE(room.has_room_for_events());
}

TEST_F(DiskRoomTest, HasAlwaysRoomWithoutAMark) {
  const DiskRoom room = this->room(0);
  free_bytes = 0;
  EXPECT_TRUE(room.has_room_for_events());
  EXPECT_TRUE(room.has_room_for_checkpoint());
}

}  // namespace
}  // namespace ledger::storage::disk_room_test
