// Rows of association_state: what is remembered of them changes nothing.
#include "storage/sqlite/state_reader.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/definitions.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ledger::storage::state_reader_test {
namespace {

class StateReaderTest : public testing::Test {
 protected:
  StateReaderTest() {
    migrate(database_, embedded_migrations(), clock_);
    trust_to_append(database_);  // Rows of association_state alone are what this is about.
  }

  void insert_state(int association, int definition) {
    database_.exec("INSERT INTO association_state VALUES (" + std::to_string(association) + ", " + std::to_string(definition) +
                   ", 1, 2, NULL, 3, NULL, 0, 2, 5)");
  }

  Association read(StateReader& reader, int association) {
    SQLite::Statement select(database_,
                             std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE subject_ref = " + std::to_string(association));
    Query row(select);
    EXPECT_TRUE(row.next());
    return reader.read(row, 0, {LocationId("L"), AssociationId("a")});
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

Definition with_key(const std::string& key) {
  Definition definition;
  definition.key = key;
  return definition;
}

TEST_F(StateReaderTest, ReadsTheSameAgain) {
  Definitions definitions(database_);
  insert_state(1, static_cast<int>(definitions.ref_of(with_key("k")).value()));
  StateReader reader(database_);
  const Association first = read(reader, 1);
  EXPECT_EQ(first.key, (AssociationKey{LocationId("L"), AssociationId("a")}));
  EXPECT_EQ(first.state.definition, with_key("k"));
  EXPECT_EQ(first.last_sequence, Sequence(3));
  EXPECT_FALSE(first.is_deleted());
  EXPECT_EQ(first.state.former_lives, 2);
  EXPECT_EQ(first.state.inferred, 5U);
  EXPECT_EQ(read(reader, 1), first);
}

TEST_F(StateReaderTest, ReadsMoreDefinitionsThanItRemembers) {
  Definitions definitions(database_);
  database_.exec("BEGIN IMMEDIATE");
  for (int i = 1; i <= 1500; ++i) insert_state(i, static_cast<int>(definitions.ref_of(with_key("k" + std::to_string(i))).value()));
  insert_state(1501, static_cast<int>(definitions.ref_of(with_key(std::string(5000, 'x'))).value()));
  database_.exec("COMMIT");
  StateReader reader(database_);
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i <= 1500; ++i) ASSERT_EQ(read(reader, i).state.definition->key, "k" + std::to_string(i));
    ASSERT_EQ(read(reader, 1501).state.definition->key, std::string(5000, 'x'));
  }
}

TEST_F(StateReaderTest, ForgetsWhatWasRolledBack) {
  StateReader reader(database_);
  database_.exec("BEGIN IMMEDIATE; INSERT INTO definition (definition_ref, key) VALUES (1, 'gone')");
  insert_state(1, 1);
  EXPECT_EQ(read(reader, 1).state.definition, with_key("gone"));
  database_.exec("ROLLBACK; INSERT INTO definition (definition_ref, key) VALUES (1, 'other')");
  insert_state(1, 1);
  reader.forget();
  EXPECT_EQ(read(reader, 1).state.definition, with_key("other"));
}

TEST_F(StateReaderTest, NamesADefinitionThatIsNotThere) {
  insert_state(1, 7);
  StateReader reader(database_);
  try {
    static_cast<void>(read(reader, 1));
    FAIL() << "it read what is not there";
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "definition 7 is missing");
  }
}

}  // namespace
}  // namespace ledger::storage::state_reader_test
