// A statement comes back clean, whatever happened while it was in use.
#include "storage/sqlite/statement.h"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger::storage::statement_test {
namespace {

class QueryTest : public testing::Test {
 protected:
  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE};
};

TEST_F(QueryTest, BindsInOrderAndReadsBackWhatWasBound) {
  SQLite::Statement select(database_, "SELECT ?, ?, ?, ?, ?");
  const std::string blob("\0\xff", 2);
  const std::optional<std::string> absent;
  const std::string text = "text";
  Query row(select);
  row.bind(std::int64_t{7}).bind(text).bind(absent).bind_blob(blob).bind(std::optional<std::int64_t>{});
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), 7);
  EXPECT_EQ(row.bytes(1), "text");
  EXPECT_FALSE(row.optional_bytes(2));
  EXPECT_EQ(row.bytes(3), blob);
  EXPECT_FALSE(row.optional_integer(4));
  EXPECT_FALSE(row.next());
}

TEST_F(QueryTest, ForgetsItsBindingsAndPlaceAfterUse) {
  SQLite::Statement select(database_, "SELECT ? UNION ALL SELECT 2");
  {
    Query row(select);
    ASSERT_TRUE(row.bind(std::int64_t{1}).next());
  }
  Query row(select);
  ASSERT_TRUE(row.next());
  EXPECT_FALSE(row.optional_integer(0)) << "the binding of the last use is gone";
}

TEST_F(QueryTest, IsUsableAgainAfterAFailure) {
  database_.exec("CREATE TABLE t (x INTEGER NOT NULL) STRICT");
  SQLite::Statement insert(database_, "INSERT INTO t VALUES (?)");
  EXPECT_THROW(Query(insert).bind_null().run(), SQLite::Exception);
  Query(insert).bind(std::int64_t{1}).run();
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM t").getInt(), 1);
}

TEST_F(QueryTest, ADigestOfAnotherLengthIsRefused) {
  SQLite::Statement select(database_, "SELECT x'00'");
  Query row(select);
  ASSERT_TRUE(row.next());
  EXPECT_THROW(static_cast<void>(row.digest(0)), std::runtime_error);
}

}  // namespace
}  // namespace ledger::storage::statement_test
