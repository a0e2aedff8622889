// Tests of filled databases: the content is what the numbers say.
#include "tests/bench/fill.h"

#include "storage/sqlite/verify.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::bench::fill_test {
namespace {

TEST(Filling, CreatesBeforeItUpdatesAndDeletes) {
  std::uint64_t created = 0;
  std::uint64_t related = 0;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    EXPECT_EQ(Filling::associations(index), created);
    const Filling::Step step = Filling::step(index);
    if (step.kind == EventKind::association_create) {
      EXPECT_EQ(step.association, created++);
    }
    if (step.kind == EventKind::relation_create) {
      EXPECT_EQ(step.relation, related++);
    }
    if (step.kind == EventKind::relation_delete) {
      EXPECT_LT(step.relation, related);
    }
    EXPECT_LT(step.association, created);
  }
  EXPECT_EQ(created, 600U);
  EXPECT_EQ(related, 100U);
  EXPECT_EQ(Filling::step(6).kind, EventKind::association_update);
  EXPECT_FALSE(Filling::step(6).is_late);
  EXPECT_TRUE(Filling::step(16).is_late);
  EXPECT_EQ(Filling::step(7).kind, EventKind::association_delete);
}

TEST(Filling, KeepsTheAssociationOfARelation) {
  EXPECT_EQ(Filling::step(9).association, Filling::step(8).association);
}

TEST(Filling, UsesEveryLocation) {
  const Filling filling(10);
  std::vector<int> counts(10);
  for (std::uint64_t association = 0; association < 1000; ++association) ++counts.at(filling.location_of(association));
  for (const int count : counts) EXPECT_GT(count, 50);
}

TEST(Fill, MakesADatabaseThatVerifies) {
  const test::TempDirectory directory;
  std::uint64_t reported = 0;
  const FillResult filled = fill_database(directory.file("ledger.db"), 1005, 10, [&reported](std::uint64_t done) { reported = done; });
  EXPECT_GT(filled.body_bytes, 1005U * 380);
  EXPECT_EQ(reported, 0U) << "progress is reported every 100,000 events";
  const auto report = storage::verify(directory.file("ledger.db"), {}, [](std::int64_t, std::int64_t) {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->divergence, std::nullopt);
  EXPECT_EQ(report->events, 1005);
  EXPECT_EQ(report->associations, static_cast<std::int64_t>(Filling::associations(1005)));
  EXPECT_EQ(report->relations, 100);
}

TEST(Fill, ThrowsIfItCannotOpenTheDatabase) {
  EXPECT_THROW(static_cast<void>(fill_database("/nowhere/ledger.db", 1, 1, [](std::uint64_t) {})), std::runtime_error);
}

}  // namespace
}  // namespace ledger::bench::fill_test
