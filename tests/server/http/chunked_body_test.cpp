// Chunks as RFC 9112 writes them, and every way to write them wrong.
#include "server/http/chunked_body.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ledger::chunked_body_test {
namespace {

using namespace std::string_view_literals;
using server::ChunkedReader;

constexpr ChunkedReader::Limits kLimits{.body_bytes_max = 100, .trailer_bytes_max = 100};

/// The body, or the reason of the refusal in brackets, or "incomplete". Bytes are fed one by one.
std::string outcome(std::string_view bytes, ChunkedReader::Limits limits = kLimits) {
  ChunkedReader reader(limits);
  for (const char& byte : bytes) {
    const Result<std::size_t> taken = reader.feed({&byte, 1});
    if (!taken) return "[" + std::string(taken.error().reason) + "]";
    if (*taken == 0) return "[more than a body]";
  }
  return reader.done() ? reader.take_body() : "incomplete";
}

TEST(ChunkedReader, JoinsTheChunks) {
  EXPECT_EQ(outcome("3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n"), "abc0123456789");
  EXPECT_EQ(outcome("a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n"), "\r\n\r\n\r\n\r\n\r\n");
  EXPECT_EQ(outcome("0000\r\n\r\n"), "");
}

TEST(ChunkedReader, TakesNothingBehindTheBody) {
  const std::string body = "3;a=\"b\"\r\nabc\r\n0\r\nA: b\r\n\r\n";
  ChunkedReader reader(kLimits);
  EXPECT_EQ(reader.feed(body + "GET / HTTP/1.1\r\n").value(), body.size());
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.feed("GET").value(), 0U);
  EXPECT_EQ(reader.take_body(), "abc");
}

TEST(ChunkedReader, ReadsTheSameHoweverTheBytesAreCut) {
  constexpr std::string_view bytes = "3;a=\"b\\\"\"\r\nabc\r\n5\r\ndefgh\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ChunkedReader reader(kLimits);
    EXPECT_EQ(reader.feed(bytes.substr(0, cut)).value(), cut);
    EXPECT_EQ(reader.done(), cut == bytes.size());
    EXPECT_EQ(reader.feed(bytes.substr(cut)).value(), bytes.size() - cut);
    EXPECT_EQ(reader.take_body(), "abcdefgh") << cut;
  }
}

// RFC 9112, 7.1.1: chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
TEST(ChunkedReader, PassesOverChunkExtensions) {
  for (const std::string_view extension :
       {";a", ";a=b", ";a;b=c;d", " ; a \t=\t b ;c", ";a=\"\"", ";a=\"b;c=d\"", ";a=\"\\\"\\\\\\a\";b", ";a=\"\t \x80\xff\"", ";!#$%&'*+-.^_`|~=1"}) {
    EXPECT_EQ(outcome("1" + std::string(extension) + "\r\nx\r\n0" + std::string(extension) + "\r\n\r\n"), "x") << extension;
  }
}

TEST(ChunkedReader, DropsTrailerFields) {
  EXPECT_EQ(outcome("1\r\nx\r\n0\r\nX-GHL-Signature: abc\r\nEmpty:\r\nOdd:\t\x80 \r\n\r\n"), "x");
}

// The last byte of each is the first wrong one.
TEST(ChunkedReader, RefusesTheFirstWrongByte) {
  const std::vector<std::string_view> cases = {
      // The size
      "g", " ", ";", "\r", "\n", "-", "+", "0x", "1\n", "1 \r", "1\t1", "1\r1", "1\r\r", "\0"sv, "00000000000000001",
      // The extension
      "1;;", "1;\r", "1;=", "1;a=\r", "1;a=;", "1;a \r", "1;a b", "1;a=b \r", "1;a=b c", "1;a==", "1;a\n", "1;a\x7f", "1;a\0"sv, "1;a\x80", "1;a=b\n",
      "1;a=\"b\n", "1;a=\"b\r", "1;a=\"\0"sv, "1;a=\"\x7f", "1;a=\"\x1f", "1;a=\"\\\r", "1;a=\"\\\n", "1;a=\"\\\x7f", "1;a=\"b\"c", "1;a=\"b\" \r",
      "1;a=\"b\"\n", "1;\"",
      // The data
      "1\r\nxy", "1\r\nx\n", "1\r\nx\ry", "1\r\nx\r\n\r",
      // The end and the trailer
      "0\n", "0\r\n\n", "0\r\nx\r", "0\r\n\rx", "0\r\n ", "0\r\n:", "0\r\nA ", "0\r\nA\n", "0\r\nA: b\n", "0\r\nA: b\rc", "0\r\nA: b\r\n ",
      "0\r\nA: b\r\n\t", "0\r\nA: \0"sv, "0\r\nA: \x7f", "0\r\nA: b\r\n\n"};
  for (const std::string_view bytes : cases) {
    EXPECT_EQ(outcome(bytes.substr(0, bytes.size() - 1)), "incomplete") << testing::PrintToString(bytes);
    EXPECT_EQ(outcome(bytes), "[malformed-body]") << testing::PrintToString(bytes);
  }
}

TEST(ChunkedReader, LimitsTheBodyToTheByte) {
  const ChunkedReader::Limits limits{.body_bytes_max = 10, .trailer_bytes_max = 0};
  EXPECT_EQ(outcome("a\r\n0123456789\r\n0\r\n\r\n", limits), "0123456789");
  EXPECT_EQ(outcome("6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n", limits), "0123456789");
  EXPECT_EQ(outcome("b", limits), "[body-too-large]");
  EXPECT_EQ(outcome("6\r\n012345\r\n5", limits), "[body-too-large]");
  EXPECT_EQ(outcome("ffffffffffffffff", {.body_bytes_max = SIZE_MAX, .trailer_bytes_max = 0}), "incomplete");
}

TEST(ChunkedReader, LimitsTheExtensionsOfAllChunksTogether) {
  const std::string half(ChunkedReader::kExtensionBytesMax / 2 - 1, 'x');
  const std::string first = "1;" + half + "\r\nx\r\n";
  EXPECT_EQ(outcome(first + "0;" + half + "\r\n\r\n"), "x");
  EXPECT_EQ(outcome(first + "0;" + half), "incomplete");
  EXPECT_EQ(outcome(first + "0;" + half + "x"), "[body-too-large]");
}

TEST(ChunkedReader, LimitsTheTrailerFieldsTogether) {
  const ChunkedReader::Limits limits{.body_bytes_max = 0, .trailer_bytes_max = 10};
  EXPECT_EQ(outcome("0\r\nA:\r\nB:xx\r\n\r\n", limits), "");
  EXPECT_EQ(outcome("0\r\nA:\r\nB:xxx\r", limits), "incomplete");
  EXPECT_EQ(outcome("0\r\nA:\r\nB:xxx\r\n", limits), "[header-too-large]");
}

}  // namespace
}  // namespace ledger::chunked_body_test
