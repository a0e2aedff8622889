// Both Base64 alphabets: the vectors of RFC 4648, section 10, and encodings that are not canonical.
#include "domain/base64.h"

#include <gtest/gtest.h>

#include <utility>

namespace ledger::base64_test {
namespace {

std::string all_bytes() {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
  return bytes;
}

TEST(Base64, WritesAndReadsTheVectorsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64, ReturnsEveryByteAtEveryOffset) {
  for (std::size_t skipped = 0; skipped < 4; ++skipped) {
    const std::string bytes = all_bytes().substr(skipped);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "A===", "Zg==Zg==", "Zm9v=", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_", "Z=g="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

TEST(Base64, RefusesUnusedBitsThatAreNotZero) {
  EXPECT_FALSE(base64_decode("Zh=="));
  EXPECT_FALSE(base64_decode("Zm9="));
  EXPECT_FALSE(base64url_decode("Zh"));
  EXPECT_FALSE(base64url_decode("Zm9"));
}

TEST(Base64, RefusesBytesOutsideAscii) {
  EXPECT_FALSE(base64_decode("Zm9\xff"));
  EXPECT_FALSE(base64_decode(std::string_view{"Zm9\0", 4}));
}

TEST(Base64Url, UsesTheUrlAlphabetWithoutPadding) {
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Base64Url, RefusesPaddingTheOtherAlphabetAndImpossibleLengths) {
  for (const std::string_view text : {"-_8=", "+/8", "Z", "A", "Zm9vY", "Zm9vA"}) EXPECT_FALSE(base64url_decode(text)) << text;
}

}  // namespace
}  // namespace ledger::base64_test
