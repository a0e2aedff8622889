// One process per database.
#include "storage/sqlite/process_lock.h"

#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace ledger::storage::process_lock_test {
namespace {

TEST(ProcessLock, RefusesTheSecondAndNamesTheFirst) {
  const test::TempDirectory directory;
  const auto first = ProcessLock::acquire(directory.file("ledger.db"));
  ASSERT_TRUE(first);
  const auto second = ProcessLock::acquire(directory.file("ledger.db"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(second.error().reason, "database-in-use");
  EXPECT_THAT(second.error().detail, testing::HasSubstr("process " + std::to_string(::getpid())));
}

TEST(ProcessLock, IsOneForADatabaseAndForEveryLinkToIt) {
  const test::TempDirectory directory;
  std::filesystem::create_directory(directory.file("volume"));
  std::filesystem::create_symlink("volume/real.db", directory.file("ledger.db"));
  std::filesystem::create_symlink(directory.file("ledger.db"), directory.file("again.db"));
  const auto first = ProcessLock::acquire(directory.file("again.db"));
  ASSERT_TRUE(first) << "also before the first start, when there is no database yet";
  for (const char* path : {"ledger.db", "volume/real.db"}) EXPECT_FALSE(ProcessLock::acquire(directory.file(path))) << path;
}

TEST(ProcessLock, EndsAlsoWhereLinksDoNot) {
  const test::TempDirectory directory;
  std::filesystem::create_symlink("ledger.db", directory.file("ledger.db"));
  EXPECT_THAT(ProcessLock::path(directory.file("ledger.db")), testing::EndsWith("ledger.db-lock"));
}

TEST(ProcessLock, IsFreeAgainWhenItsHolderIsGone) {
  const test::TempDirectory directory;
  {
    auto first = ProcessLock::acquire(directory.file("ledger.db"));
    const ProcessLock moved = *std::move(first);
    EXPECT_FALSE(ProcessLock::acquire(directory.file("ledger.db"))) << "a moved lock still holds";
  }
  EXPECT_TRUE(ProcessLock::acquire(directory.file("ledger.db")));
}

TEST(ProcessLock, NamesTheFileThatCannotBeMade) {
  const auto lock = ProcessLock::acquire("/nonexistent-directory/ledger.db");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().reason, "database-cannot-be-locked");
  EXPECT_THAT(lock.error().detail, testing::HasSubstr("/nonexistent-directory/ledger.db-lock"));
}

}  // namespace
}  // namespace ledger::storage::process_lock_test
