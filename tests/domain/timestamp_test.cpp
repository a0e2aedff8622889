// Reading and writing times.
#include "domain/timestamp.h"

#include <gtest/gtest.h>

#include <utility>

namespace ledger::timestamp_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year;

std::string normalised(std::string_view text) {
  const auto moment = parse_rfc3339(text);
  return moment ? format_rfc3339(*moment) : "refused";
}

TEST(Rfc3339, ReadsThePlatformsForm) {
  EXPECT_EQ(parse_rfc3339("2026-11-07T12:46:45.953Z"), sys_days{year{2026} / 11 / 7} + milliseconds{((12 * 60 + 46) * 60 + 45) * 1000 + 953});
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), Timestamp{});
}

TEST(Rfc3339, WritesAlwaysUtcWithThreeDigits) {
  EXPECT_EQ(format_rfc3339(Timestamp{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_rfc3339(Timestamp{milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_rfc3339(sys_days{year{2026} / 11 / 7} + milliseconds{50}), "2026-11-07T00:00:00.050Z");
}

TEST(Rfc3339, IgnoresDigitsAfterTheMillisecond) {
  EXPECT_EQ(normalised("2026-01-01T00:00:00.1Z"), "2026-01-01T00:00:00.100Z");
  EXPECT_EQ(normalised("2026-01-01T00:00:00.12Z"), "2026-01-01T00:00:00.120Z");
  EXPECT_EQ(normalised("2026-01-01T00:00:00.123Z"), "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(normalised("2026-01-01T00:00:00.123999999Z"), "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(normalised("2026-01-01T00:00:00.0009999999999999999999999999Z"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(normalised("1969-12-31T23:59:59.9999Z"), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, AcceptsLowerCaseLetters) {
  EXPECT_EQ(normalised("2026-01-01t00:00:00z"), "2026-01-01T00:00:00.000Z");
}

TEST(Rfc3339, AppliesOffsetsAcrossMidnightAndYears) {
  EXPECT_EQ(normalised("2026-01-01T00:30:00+01:00"), "2025-12-31T23:30:00.000Z");
  EXPECT_EQ(normalised("2025-12-31T23:30:00-01:00"), "2026-01-01T00:30:00.000Z");
  EXPECT_EQ(normalised("2024-02-28T23:59:59-00:01"), "2024-02-29T00:00:59.000Z");
  EXPECT_EQ(normalised("2026-06-15T12:00:00+05:45"), "2026-06-15T06:15:00.000Z");
  EXPECT_EQ(normalised("2026-06-15T12:00:00-23:59"), "2026-06-16T11:59:00.000Z");
  EXPECT_EQ(normalised("2026-06-15T12:00:00-00:00"), "2026-06-15T12:00:00.000Z");
}

TEST(Rfc3339, KnowsLeapYears) {
  EXPECT_EQ(normalised("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(normalised("2000-02-29T00:00:00Z"), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(normalised("2026-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(normalised("1900-02-29T00:00:00Z"), "refused");
}

TEST(Rfc3339, AcceptsTheLastOfEachFieldAndRefusesTheNext) {
  const std::pair<std::string_view, std::string_view> limits[] = {
      {"2026-12-31T00:00:00Z", "2026-13-31T00:00:00Z"},           {"2026-01-31T00:00:00Z", "2026-01-32T00:00:00Z"},
      {"2026-04-30T00:00:00Z", "2026-04-31T00:00:00Z"},           {"2026-01-01T23:00:00Z", "2026-01-01T24:00:00Z"},
      {"2026-01-01T00:59:00Z", "2026-01-01T00:60:00Z"},           {"2026-01-01T00:00:59Z", "2026-01-01T00:00:60Z"},
      {"2026-01-01T00:00:00+23:00", "2026-01-01T00:00:00+24:00"}, {"2026-01-01T00:00:00+00:59", "2026-01-01T00:00:00+00:60"}};
  for (const auto& [last, next] : limits) {
    EXPECT_TRUE(parse_rfc3339(last)) << last;
    EXPECT_FALSE(parse_rfc3339(next)) << next;
  }
  EXPECT_FALSE(parse_rfc3339("2026-00-01T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2026-01-00T00:00:00Z"));
}

TEST(Rfc3339, RefusesLeapSeconds) {
  EXPECT_FALSE(parse_rfc3339("2016-12-31T23:59:60Z"));
}

TEST(Rfc3339, HoldsTheYears0001To9999InUtc) {
  EXPECT_EQ(normalised("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(normalised("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(normalised("0000-12-31T23:59:59Z"), "refused");
  EXPECT_EQ(normalised("0001-01-01T00:00:00+00:01"), "refused");
  EXPECT_EQ(normalised("9999-12-31T23:59:00-00:01"), "refused");
}

TEST(Rfc3339, RefusesEveryOtherForm) {
  for (const std::string_view text : {"",
                                      "2026-11-07",
                                      "2026-11-07T12:46:45",
                                      "2026-11-07 12:46:45Z",
                                      "2026-11-07T12:46Z",
                                      "20261107T124645Z",
                                      "2026-11-07T12:46:45.Z",
                                      "2026-11-07T12:46:45,5Z",
                                      "2026-11-07T12:46:45+0100",
                                      "2026-11-07T12:46:45+01",
                                      "2026-11-07T12:46:45+1:00",
                                      "2026-11-07T12:46:45Z ",
                                      " 2026-11-07T12:46:45Z",
                                      "2026-11-07T12:46:45ZZ",
                                      "+2026-11-07T12:46:45Z",
                                      "-026-11-07T12:46:45Z",
                                      "2026-1-07T12:46:45Z",
                                      "2026-11-7T12:46:45Z",
                                      "2026-11-07T1:46:45Z",
                                      "12026-11-07T12:46:45Z",
                                      "1762519605953",
                                      "2026-11-07T-1:46:45Z",
                                      "2026-11-07T12:46:45.-5Z",
                                      "2026-11-07T12:46:45\u221201:00"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
  EXPECT_FALSE(parse_rfc3339(std::string_view{"2026-11-07T12:46:45Z\0", 21}));
}

TEST(Rfc3339, RefusesEveryPrefixOfAMoment) {
  const std::string_view text = "2026-11-07T12:46:45.953+01:00";
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_rfc3339(text.substr(0, size))) << text.substr(0, size);
  EXPECT_TRUE(parse_rfc3339(text));
}

TEST(Rfc3339, ReturnsTheFirstMillisecondOfEveryDayOfFourCenturies) {
  for (auto day = sys_days{year{1900} / 1 / 1}; day < sys_days{year{2301} / 1 / 1}; day += std::chrono::days{1}) {
    const Timestamp moment = day + milliseconds{1};
    ASSERT_EQ(parse_rfc3339(format_rfc3339(moment)), moment) << format_rfc3339(moment);
  }
}

std::string sent(std::string_view text) {
  const auto moment = parse_sender_time(text);
  return moment ? format_rfc3339(*moment) : "refused";
}

TEST(SenderTime, IsReadAsRfc3339AndItsCommonVariants) {
  for (const std::string_view text :
       {"2026-11-07T12:46:45.953Z", "2026-11-07T12:46:45.953+00:00", "2026-11-07T12:46:45.953+0000", "2026-11-07T12:46:45.953-0000",
        "2026-11-07T12:46:45.953+00", "2026-11-07T12:46:45.953", "2026-11-07 12:46:45.953", "2026-11-07 12:46:45.953Z", "2026-11-07 12:46:45.953+00",
        "2026-11-07T18:31:45.953+0545", "2026-11-07T11:46:45.953-01"}) {
    EXPECT_EQ(sent(text), "2026-11-07T12:46:45.953Z") << text;
  }
}

TEST(SenderTime, IsReadAsSecondsOrMillisecondsSince1970) {
  EXPECT_EQ(sent("1794055605953"), "2026-11-07T12:46:45.953Z");
  EXPECT_EQ(sent("1794055605"), "2026-11-07T12:46:45.000Z");
  EXPECT_EQ(sent("1794055605.953"), "2026-11-07T12:46:45.953Z");
  EXPECT_EQ(sent("1794055605953.7"), "2026-11-07T12:46:45.954Z");
  EXPECT_EQ(sent("1.794055605953e12"), "2026-11-07T12:46:45.953Z");
  EXPECT_EQ(sent("0.001"), "1970-01-01T00:00:00.001Z");
}

TEST(SenderTime, DividesSecondsFromMillisecondsAtAHundredBillion) {
  EXPECT_EQ(sent("99999999999"), "5138-11-16T09:46:39.000Z");
  EXPECT_EQ(sent("100000000000"), "1973-03-03T09:46:40.000Z");
  EXPECT_EQ(sent("253402300799999"), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(sent("253402300799999.4"), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(sent("253402300799999.9"), "refused");
  EXPECT_EQ(sent("253402300800000"), "refused");
  EXPECT_EQ(sent("1794055605953000"), "refused") << "microseconds";
}

TEST(SenderTime, IsNotReadFromAnythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "soon",
                                      "0",
                                      "0.0",
                                      "-1",
                                      "-1794055605953",
                                      "+1794055605953",
                                      "1794055605953 ",
                                      " 1794055605953",
                                      "0x68",
                                      "1,794,055,605",
                                      "inf",
                                      "nan",
                                      "1e999",
                                      "1e-999",
                                      "null",
                                      "2026-11-07",
                                      "2026-11-07T12:46",
                                      "12:46:45",
                                      "07.11.2026 12:46:45",
                                      "Sat, 07 Nov 2026 12:46:45 GMT",
                                      "2026-11-07T12:46:45+",
                                      "2026-11-07T12:46:45+1",
                                      "2026-11-07T12:46:45+00:",
                                      "2026-11-07T12:46:45+00:0",
                                      "2026-11-07T12:46:45+00000",
                                      "2026-11-07T12:46:45+2400",
                                      "2026-11-07T12:46:45+0060",
                                      "2026-11-07  12:46:45",
                                      "2026-11-07T12:46:45 Z"}) {
    EXPECT_EQ(sent(text), "refused") << text;
  }
}

TEST(SenderTime, IsNotBelievedMoreThanADayAhead) {
  const Timestamp received_at = *parse_rfc3339("2026-11-07T12:00:00Z");
  EXPECT_FALSE(is_ahead(*parse_rfc3339("0001-01-01T00:00:00Z"), received_at));
  EXPECT_FALSE(is_ahead(received_at, received_at));
  EXPECT_FALSE(is_ahead(*parse_rfc3339("2026-11-08T12:00:00Z"), received_at));
  EXPECT_TRUE(is_ahead(*parse_rfc3339("2026-11-08T12:00:00.001Z"), received_at));
  EXPECT_TRUE(is_ahead(*parse_rfc3339("9999-12-31T23:59:59.999Z"), received_at));
}

TEST(Rfc3339DeathTest, WritesNoMomentOutsideItsYears) {
  EXPECT_DEATH((void)format_rfc3339(sys_days{year{10000} / 1 / 1}), "invariant broken");
  EXPECT_DEATH((void)format_rfc3339(sys_days{year{1} / 1 / 1} - milliseconds{1}), "invariant broken");
}

}  // namespace
}  // namespace ledger::timestamp_test
