// Which associations are folded for the lists of a location. derivation_test.cpp has the lists.
#include "storage/sqlite/state_as_of.h"

#include "storage/sqlite/group_committer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::state_as_of_test {
namespace {

TEST(StateAsOf, FoldsTheStaleAssociationsOfOneLocation) {
  const test::TempDirectory directory;
  test::FakeClock clock;
  test::RecordingLog log;
  const ConnectionOptions options{directory.file("ledger.db"), "", 100};
  {
    GroupCommitter committer({options, {}, 0}, clock, log);
    std::vector<Ticket> batch;
    for (const char* place : {R"("locationId":"L1","id":"a"})", R"("locationId":"L1","id":"b"})", R"("locationId":"L2","id":"a"})"}) {
      batch.emplace_back(
          AppendTicket{test::new_event(std::string(R"({"type":"AssociationDelete",)") + place, std::nullopt), [](const Result<Appended>&) {}});
    }
    committer.commit(batch);
  }
  SQLite::Database database = open_writer(options);
  StateAsOf states(database);
  const LocationId location("L1");
  EXPECT_TRUE(states.stale_of(LocationRef(1), location).empty());

  database.exec("INSERT INTO stale_subject VALUES (2), (3)");
  const auto folded = states.stale_of(LocationRef(1), location);
  ASSERT_EQ(folded.size(), 1U);
  EXPECT_EQ(folded[0].folded.association.association.key, (AssociationKey{location, AssociationId("b")}));
  EXPECT_TRUE(folded[0].folded.association.association.is_deleted());
  EXPECT_EQ(folded[0].folded.association.association.last_sequence, Sequence(2));
}

}  // namespace
}  // namespace ledger::storage::state_as_of_test
