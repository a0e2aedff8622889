// What the contract cannot say of a reader of the quarantine: how much it reads for one page, and what it makes of damaged rows.
#include "storage/sqlite/quarantine_reader.h"

#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::quarantine_reader_test {
namespace {

class QuarantineReaderTest : public testing::Test {
 protected:
  QuarantineReaderTest() {
    const test::FakeClock clock;
    migrate(database_, embedded_migrations(), clock);
  }
  void fill(int deliveries) {
    database_.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(deliveries) +
                   ") INSERT INTO quarantine SELECT i, NULL, 0, 1, NULL, NULL, 'common', zeroblob(32), x'7b' FROM n");
  }
  Result<QuarantinePage> list(const QuarantineQuery& query) {
    ReadConnection connection(options_, 600'000, log_);
    QuarantineReader reader(connection);
    return connection.read<QuarantinePage>([&] { return reader.list(query); });
  }

  test::TempDirectory directory_;
  const ConnectionOptions options_{directory_.file("ledger.db")};
  test::RecordingLog log_;
  SQLite::Database database_ = open_writer(options_);
};

TEST_F(QuarantineReaderTest, LooksAtSoManyRowsForOnePage) {
  fill(10'001);
  QuarantineQuery query;
  query.reason = "rare";
  const QuarantinePage first = list(query).value();
  EXPECT_TRUE(first.deliveries.empty());
  ASSERT_EQ(first.next, QuarantineId(10'000));
  query.after = *first.next;
  EXPECT_EQ(list(query)->next, std::nullopt);
}

TEST_F(QuarantineReaderTest, EndsAPageThatIsFull) {
  fill(3);
  QuarantineQuery query;
  query.limit = 2;
  EXPECT_EQ(list(query)->next, QuarantineId(2));
  query.limit = 3;
  EXPECT_EQ(list(query)->next, std::nullopt);
}

TEST_F(QuarantineReaderTest, RefusesADecisionOfANewerRelease) {
  fill(1);
  database_.exec("PRAGMA ignore_check_constraints = ON; INSERT INTO quarantine_decision VALUES (1, 'forgotten', 0, NULL)");
  EXPECT_EQ(list({}).error().code, Errc::internal);
}

}  // namespace
}  // namespace ledger::storage::quarantine_reader_test
