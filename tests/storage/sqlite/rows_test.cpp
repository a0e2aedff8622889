// What a column may hold: the file can be damaged, and that is no reason to end the process.
#include "storage/sqlite/rows.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace ledger::storage::rows_test {
namespace {

TEST(Rows, GiveBackEveryMomentThatCanBeStored) {
  for (const char* text : {"0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"}) {
    const Timestamp moment = parse_rfc3339(text).value();
    EXPECT_EQ(to_timestamp(to_column(moment)), moment) << text;
  }
  EXPECT_EQ(to_timestamp(std::optional<std::int64_t>()), std::nullopt);
}

TEST(Rows, RefuseANumberThatIsNoMoment) {
  const std::int64_t first = to_column(parse_rfc3339("0001-01-01T00:00:00Z").value());
  const std::int64_t last = to_column(parse_rfc3339("9999-12-31T23:59:59.999Z").value());
  for (const std::int64_t column : {first - 1, last + 1, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_THROW(static_cast<void>(to_timestamp(column)), std::runtime_error) << column;
  }
}

}  // namespace
}  // namespace ledger::storage::rows_test
