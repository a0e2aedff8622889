// Remembered answers: when they are given again, and what is forgotten first.
#include "server/api/answer_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::answer_cache_test {
namespace {

using server::AnswerCache;
using server::Response;

const LocationVersion kVersion(2);
const LocationVersion kNext(4);

Response answer(std::string body) {
  return Response{.body = std::move(body)};
}

TEST(AnswerCache, GivesAnAnswerAgainUnderItsVersion) {
  AnswerCache cache(1 << 20U);
  cache.keep("/a", kVersion, answer("1"));
  cache.keep("/b", kVersion, answer("2"));
  EXPECT_EQ(cache.find("/a", kVersion)->body, "1");
  EXPECT_EQ(cache.find("/b", kVersion)->body, "2");
  EXPECT_EQ(cache.find("/c", kVersion), nullptr);
}

TEST(AnswerCache, ForgetsAnAnswerOfAnotherVersion) {
  AnswerCache cache(1 << 20U);
  cache.keep("/a", kVersion, answer("1"));
  EXPECT_EQ(cache.find("/a", kNext), nullptr);
  EXPECT_EQ(cache.find("/a", kVersion), nullptr) << "versions never return";
}

TEST(AnswerCache, TakesTheNewerOfTwoAnswers) {
  AnswerCache cache(1 << 20U);
  cache.keep("/a", kVersion, answer("1"));
  cache.keep("/a", kNext, answer("2"));
  EXPECT_EQ(cache.find("/a", kNext)->body, "2");
}

TEST(AnswerCache, ForgetsWhatWasNotAskedForTheLongestTime) {
  const std::string body(8000, 'x');
  AnswerCache cache(std::size_t{64} * 10'000);  // 64 answers of 10,000 bytes would fit.
  for (int i = 0; i < 70; ++i) cache.keep("/" + std::to_string(i), kVersion, answer(body));
  ASSERT_NE(cache.find("/0", kVersion), nullptr);
  for (int i = 70; i < 140; ++i) {
    cache.keep("/" + std::to_string(i), kVersion, answer(body));
    ASSERT_NE(cache.find("/0", kVersion), nullptr) << "asked for again and again, it stays; after " << i;
  }
  EXPECT_EQ(cache.find("/1", kVersion), nullptr);
  EXPECT_NE(cache.find("/139", kVersion), nullptr);
}

TEST(AnswerCache, KeepsNoAnswerThatWouldCrowdOutTheOthers) {
  AnswerCache cache(std::size_t{64} * 10'000);
  cache.keep("/large", kVersion, answer(std::string(10'000, 'x')));
  EXPECT_EQ(cache.find("/large", kVersion), nullptr);
}

TEST(AnswerCache, OfNoBytesKeepsNothing) {
  AnswerCache cache(0);
  cache.keep("/a", kVersion, answer(""));
  EXPECT_EQ(cache.find("/a", kVersion), nullptr);
}

}  // namespace
}  // namespace ledger::answer_cache_test
