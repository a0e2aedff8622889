// The numbers, the last event and the installs of a location.
#include "storage/sqlite/location_table.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::location_table_test {
namespace {

class LocationTableTest : public testing::Test {
 protected:
  LocationTableTest() {
    migrate(database_, embedded_migrations(), clock_);
    database_.exec("PRAGMA foreign_keys = OFF");  // Rows of location_state alone are what this is about.
  }

  std::string row() {
    return database_
        .execAndGet("SELECT active_associations || ',' || active_relations || ',' || deleted_relations || ',' || last_sequence FROM location_state")
        .getString();
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

TEST_F(LocationTableTest, CountsWhatChanges) {
  LocationTable table(database_);
  table.count(LocationRef(1), {}, {1, 0}, Sequence(1));
  EXPECT_EQ(row(), "0,1,0,1");
  table.count(LocationRef(1), {}, {-1, 1}, Sequence(2));
  EXPECT_EQ(row(), "0,0,1,2");
  table.count(LocationRef(1), {1, 0}, {}, Sequence(3));
  EXPECT_EQ(row(), "1,0,1,3");
}

TEST_F(LocationTableTest, SetsTheLastEventWhateverTheNumbersAre) {
  LocationTable table(database_);
  table.count(LocationRef(1), {1, 0}, {}, Sequence(1));
  database_.exec("PRAGMA ignore_check_constraints = ON; UPDATE location_state SET active_relations = -1; PRAGMA ignore_check_constraints = OFF");
  EXPECT_THROW(table.count(LocationRef(1), {1, 0}, {}, Sequence(2)), SQLite::Exception);
  table.touch(LocationRef(1), Sequence(2));
  EXPECT_EQ(row(), "1,-1,0,2");
  table.recount(LocationRef(1));
  EXPECT_EQ(row(), "0,0,0,2");
}

TEST_F(LocationTableTest, ReadsTheInstallsThatItWrote) {
  LocationTable table(database_);
  EXPECT_EQ(table.installs(LocationRef(1)), Installs{});
  const Installs installs{Timestamp{std::chrono::seconds{1}}, Timestamp{std::chrono::seconds{2}}};
  table.touch(LocationRef(1), Sequence(3));
  table.set_installs(LocationRef(1), installs);
  EXPECT_EQ(table.installs(LocationRef(1)), installs);
  EXPECT_EQ(row(), "0,0,0,3");
}

}  // namespace
}  // namespace ledger::storage::location_table_test
