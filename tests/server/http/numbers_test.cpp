// Whole numbers, and what is none.
#include "server/http/numbers.h"

#include <gtest/gtest.h>

namespace ledger::numbers_test {
namespace {

using server::parse_number;

TEST(Numbers, ReadsAllOf64Bits) {
  EXPECT_EQ(parse_number("0").value, 0);
  EXPECT_EQ(parse_number("-9223372036854775808").value, INT64_MIN);
  EXPECT_EQ(parse_number("9223372036854775807").value, INT64_MAX);
  EXPECT_EQ(parse_number("9223372036854775807").fault, std::errc());
}

TEST(Numbers, TellsTooLargeFromNoNumber) {
  EXPECT_EQ(parse_number("9223372036854775808").fault, std::errc::result_out_of_range);
  EXPECT_EQ(parse_number("99999999999999999999").fault, std::errc::result_out_of_range);
  for (const char* const text : {"", " 1", "1 ", "+1", "1x", "x", "0x1", "1.0", "99999999999999999999x"}) {
    EXPECT_EQ(parse_number(text).fault, std::errc::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ledger::numbers_test
