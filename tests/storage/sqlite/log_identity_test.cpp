// The name of a log: the same after a restart, another one for another log.
#include "storage/sqlite/log_identity.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

namespace ledger::storage::log_identity_test {
namespace {

class LogIdentityTest : public testing::Test {
 protected:
  std::string identity_of(const std::string& path) {
    SQLite::Database database = open_writer({path, "", 100});
    migrate(database, embedded_migrations(), clock_);
    return log_identity(database, path);
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
};

TEST_F(LogIdentityTest, StaysTheSameWhenTheFileIsOpenedAgain) {
  const std::string first = identity_of(directory_.file("a.db"));
  EXPECT_THAT(first, testing::MatchesRegex("[-_A-Za-z0-9]{11}"));
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(identity_of(directory_.file("a.db")), first);
}

TEST_F(LogIdentityTest, IsAnotherOneForAnotherFile) {
  EXPECT_NE(identity_of(directory_.file("a.db")), identity_of(directory_.file("b.db"))) << "made at the same moment";
}

TEST_F(LogIdentityTest, IsAnotherOneForACopy) {
  const std::string first = identity_of(directory_.file("a.db"));
  std::filesystem::copy_file(directory_.file("a.db"), directory_.file("b.db"));
  EXPECT_NE(identity_of(directory_.file("b.db")), first);
}

TEST_F(LogIdentityTest, IsAnotherOneForALogThatWasMadeLater) {
  // A database in memory has no inode, so only the time tells them apart.
  const auto identity_in_memory = [this] {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(database, embedded_migrations(), clock_);
    return log_identity(database, "");
  };
  const std::string first = identity_in_memory();
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_NE(identity_in_memory(), first);
}

}  // namespace
}  // namespace ledger::storage::log_identity_test
