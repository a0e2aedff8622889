// SHA-256 against the vectors of FIPS 180-4, and hex.
#include "domain/digest.h"

#include <gtest/gtest.h>

namespace ledger::digest_test {
namespace {

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, CountsNulBytes) {
  EXPECT_NE(sha256(std::string_view{"\0", 1}), sha256(""));
}

TEST(Sha256, IsEqualInEachByte) {
  const Sha256 digest = sha256("abc");
  EXPECT_TRUE(equal_in_constant_time(digest, sha256("abc")));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    Sha256 other = digest;
    other[i] ^= 1U;
    EXPECT_FALSE(equal_in_constant_time(digest, other)) << i;
  }
}

TEST(ToHex, WritesTwoLowerCaseDigitsForEachByte) {
  const std::array<std::uint8_t, 4> bytes = {0x00, 0x0f, 0xa0, 0xff};
  EXPECT_EQ(to_hex(bytes), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

}  // namespace
}  // namespace ledger::digest_test
