// A relation is read as it was written.
#include "storage/sqlite/relation_table.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::relation_table_test {
namespace {

class RelationTableTest : public testing::Test {
 protected:
  RelationTableTest() {
    migrate(database_, embedded_migrations(), clock_);
    database_.exec("PRAGMA foreign_keys = OFF");  // Rows of relation_state alone are what this is about.
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

TEST_F(RelationTableTest, ReadsWhatWasWritten) {
  RelationTable table(database_);
  const SubjectRef ref(7);
  EXPECT_EQ(table.find(ref), std::nullopt);

  RelationState sparse;
  sparse.last_sequence = Sequence(1);
  table.insert(LocationRef(1), ref, sparse);
  EXPECT_EQ(table.find(ref), sparse);

  const auto at = [](int second) { return Timestamp{std::chrono::seconds{second}}; };
  RelationState full;
  full.relation = {AssociationId("a"), "contact", RecordId("x"), "business", RecordId("y")};
  full.created_at = at(1);
  full.vouched_at = at(2);
  full.updated_at = at(3);
  full.deleted_at = at(4);
  full.deleted_at_is_dated = true;
  full.former_lives = 5;
  full.last_sequence = Sequence(6);
  full.deleted_by = Sequence(5);
  table.update(LocationRef(1), ref, full);
  EXPECT_EQ(table.find(ref), full);
}

}  // namespace
}  // namespace ledger::storage::relation_table_test
