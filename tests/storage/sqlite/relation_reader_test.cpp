// The reader and the auditors' view say the same of every relation.
#include "storage/sqlite/relation_reader.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::relation_reader_test {
namespace {

TEST(RelationReader, SaysWhatTheViewSays) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  const test::TempDirectory directory;
  const ConnectionOptions options{directory.file("ledger.db"), "", 100};
  test::FakeClock clock;
  test::RecordingLog log;
  GroupCommitter committer({options, {}, 0}, clock, log);
  Reader reader(options, 5000, log);
  SQLite::Database database = open_reader(options);
  SQLite::Statement view(database, "SELECT relation_id || ' ' || status || ' ' || last_sequence FROM relations WHERE location_id = ? ORDER BY 1");
  for (int round = 0; round < 20; ++round) {
    std::vector<Ticket> group;
    group.reserve(30);
    for (int i = 0; i < 30; ++i) group.emplace_back(AppendTicket{test::random_delivery(random, {}), [](const Result<Appended>&) {}});
    committer.commit(group);
    for (const std::string& location : test::Places{}.locations) {
      RelationQuery query;
      query.location = LocationId(location);
      query.filter.status = StatusFilter::all;
      std::vector<std::string> read;
      const auto page = reader.list_relations(query);
      for (const ShownRelation& shown : page->relations) {
        read.push_back(shown.state.key.id.value() + " " + std::string(name(shown.status)) + " " + std::to_string(shown.state.last_sequence.value()));
      }
      std::sort(read.begin(), read.end());
      std::vector<std::string> viewed;
      view.bind(1, location);
      while (view.executeStep()) viewed.push_back(view.getColumn(0).getString());
      view.reset();
      ASSERT_EQ(read, viewed) << location << " in round " << round;
    }
  }
}

// A list must not sort a million relations for its first page.
TEST(RelationReader, SortsNothingForAPage) {
  const test::TempDirectory directory;
  const ConnectionOptions options{directory.file("ledger.db"), "", 100};
  test::FakeClock clock;
  test::RecordingLog log;
  const GroupCommitter committer({options, {}, 0}, clock, log);
  SQLite::Database database = open_reader(options);
  for (const char* condition : {"t.location_ref = 1 AND t.subject_ref > 5", "t.location_ref = 1 AND t.subject_ref > 5 AND t.association_id = 'a'"}) {
    SQLite::Statement plan(database, std::string("EXPLAIN QUERY PLAN SELECT b.subject_id FROM relation_state t JOIN subject b"
                                                 " ON b.subject_ref = t.subject_ref WHERE ") +
                                         condition + " ORDER BY t.subject_ref");
    while (plan.executeStep()) EXPECT_EQ(plan.getColumn(3).getString().find("TEMP B-TREE"), std::string::npos) << condition;
  }
}

}  // namespace
}  // namespace ledger::storage::relation_reader_test
