// The totals of locations, summed up from the states of their subjects.
#include "storage/sqlite/location_totals.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::location_totals_test {
namespace {

class LocationTotalsTest : public testing::Test {
 protected:
  LocationTotalsTest() {
    migrate(database_, embedded_migrations(), clock_);
    database_.exec("PRAGMA foreign_keys = OFF");  // Rows of location_state alone are what this is about.
    totals_.add(LocationRef(2), association(7, false));
    totals_.add(LocationRef(1), association(3, false));
    totals_.add(LocationRef(2), association(5, true));
    totals_.add(LocationRef(2), association(6, true));
    RelationState relation;
    relation.last_sequence = Sequence(8);
    totals_.add(LocationRef(2), relation);
    totals_.add(LocationRef(1), Installs{Timestamp{} + std::chrono::milliseconds(5), std::nullopt}, Sequence(2));
  }

  static Association association(std::int64_t last_sequence, bool is_deleted) {
    Association association;
    association.last_sequence = Sequence(last_sequence);
    if (is_deleted) {
      association.state.deleted_at = Timestamp{};
      association.deleted_by = Sequence(last_sequence);
    }
    return association;
  }

  std::optional<LocationRef> difference_after(const char* change) {
    database_.exec(change);
    return totals_.difference(database_);
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
  LocationTotals totals_;
};

TEST_F(LocationTotalsTest, CountByLocation) {
  totals_.insert_into(database_);
  EXPECT_EQ(totals_.size(), 2U);
  EXPECT_EQ(database_
                .execAndGet(
                    "SELECT group_concat(location_ref || ':' || active_associations || ',' || deleted_associations || ',' || last_sequence || ',' ||"
                    " active_relations || ',' || deleted_relations || ',' || quote(installed_at) || ',' || quote(uninstalled_at), ' ')"
                    " FROM (SELECT * FROM location_state ORDER BY location_ref)")
                .getString(),
            "1:1,0,3,0,0,5,NULL 2:1,2,8,1,0,NULL,NULL");
}

TEST_F(LocationTotalsTest, AgreeWithTheirOwnRows) {
  totals_.insert_into(database_);
  EXPECT_EQ(totals_.difference(database_), std::nullopt);
  EXPECT_EQ(LocationTotals().difference(database_), LocationRef(1));
}

TEST_F(LocationTotalsTest, NameTheLocationWhoseRowIsWrong) {
  totals_.insert_into(database_);
  EXPECT_EQ(difference_after("UPDATE location_state SET active_associations = 2 WHERE location_ref = 2"), LocationRef(2));
  EXPECT_EQ(difference_after("UPDATE location_state SET active_associations = 1, deleted_associations = 3 WHERE location_ref = 2"), LocationRef(2));
  EXPECT_EQ(difference_after("UPDATE location_state SET deleted_associations = 2, last_sequence = 6 WHERE location_ref = 2"), LocationRef(2));
  EXPECT_EQ(difference_after("UPDATE location_state SET last_sequence = 8, active_relations = 2 WHERE location_ref = 2"), LocationRef(2));
  EXPECT_EQ(difference_after("UPDATE location_state SET active_relations = 1, uninstalled_at = 6 WHERE location_ref = 1"), LocationRef(1));
}

TEST_F(LocationTotalsTest, NameTheLocationWhoseRowIsMissing) {
  EXPECT_EQ(totals_.difference(database_), LocationRef(1));
  totals_.insert_into(database_);
  EXPECT_EQ(difference_after("DELETE FROM location_state WHERE location_ref = 2"), LocationRef(2));
  EXPECT_EQ(difference_after("DELETE FROM location_state WHERE location_ref = 1"), LocationRef(1));
}

TEST_F(LocationTotalsTest, NameTheLocationThatHasARowAndNoSubject) {
  totals_.insert_into(database_);
  EXPECT_EQ(difference_after("INSERT INTO location_state VALUES (3, 1, 0, 1, 0, 0, NULL, NULL)"), LocationRef(3));
}

}  // namespace
}  // namespace ledger::storage::location_totals_test
