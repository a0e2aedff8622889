// The dictionary of definitions: one surrogate for each, whatever is absent from it.
#include "storage/sqlite/definitions.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <set>

namespace ledger::storage::definitions_test {
namespace {

class DefinitionsTest : public testing::Test {
 protected:
  DefinitionsTest() { migrate(database_, embedded_migrations(), clock_); }

  std::int64_t rows() { return database_.execAndGet("SELECT count(*) FROM definition").getInt64(); }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

Definition with_key(std::optional<std::string> key) {
  Definition definition;
  definition.key = std::move(key);
  return definition;
}

TEST_F(DefinitionsTest, StandOnce) {
  Definitions definitions(database_);
  const DefinitionRef ref = definitions.ref_of(with_key("k"));
  EXPECT_EQ(definitions.ref_of(with_key("k")), ref);
  EXPECT_EQ(Definitions(database_).ref_of(with_key("k")), ref) << "found on disk as well";
  EXPECT_EQ(rows(), 1);
}

TEST_F(DefinitionsTest, DifferInEveryField) {
  Definitions definitions(database_);
  std::set<DefinitionRef> refs{definitions.ref_of({})};
  for (auto field : {&Definition::key, &Definition::association_type, &Definition::first_object_key, &Definition::first_object_label,
                     &Definition::first_to_second_cardinality, &Definition::second_object_key, &Definition::second_object_label,
                     &Definition::second_to_first_cardinality}) {
    for (const char* text : {"", "a", "b"}) {
      Definition definition;
      definition.*field = text;
      refs.insert(definitions.ref_of(definition));
    }
  }
  EXPECT_EQ(refs.size(), 25U) << "an empty text is not an absent one";
  EXPECT_EQ(rows(), 25);
}

TEST_F(DefinitionsTest, ForgetWhatWasRolledBack) {
  Definitions definitions(database_);
  database_.exec("BEGIN IMMEDIATE");
  static_cast<void>(definitions.ref_of(with_key("k")));
  database_.exec("ROLLBACK");
  definitions.forget();
  static_cast<void>(definitions.ref_of(with_key("other")));
  static_cast<void>(definitions.ref_of(with_key("k")));
  EXPECT_EQ(rows(), 2);
}

TEST_F(DefinitionsTest, AreFoundBeyondWhatIsRemembered) {
  Definitions definitions(database_);
  database_.exec("BEGIN IMMEDIATE");
  const DefinitionRef longest = definitions.ref_of(with_key(std::string(5000, 'x')));
  const DefinitionRef first = definitions.ref_of(with_key("0"));
  for (int i = 1; i < 3000; ++i) static_cast<void>(definitions.ref_of(with_key(std::to_string(i))));
  EXPECT_EQ(definitions.ref_of(with_key("0")), first);
  EXPECT_EQ(definitions.ref_of(with_key(std::string(5000, 'x'))), longest);
  EXPECT_EQ(rows(), 3001);
  database_.exec("COMMIT");
}

}  // namespace
}  // namespace ledger::storage::definitions_test
