// Tests of the error vocabulary.
#include "domain/result.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger {
namespace {

TEST(Errc, HasTheNameOfItsEnumerator) {
  EXPECT_EQ(name(Errc::invalid_request), "invalid_request");
  EXPECT_EQ(name(Errc::unauthenticated), "unauthenticated");
  EXPECT_EQ(name(Errc::not_found), "not_found");
  EXPECT_EQ(name(Errc::too_large), "too_large");
  EXPECT_EQ(name(Errc::conflict), "conflict");
  EXPECT_EQ(name(Errc::overloaded), "overloaded");
  EXPECT_EQ(name(Errc::unavailable), "unavailable");
  EXPECT_EQ(name(Errc::outcome_unknown), "outcome_unknown");
  EXPECT_EQ(name(Errc::internal), "internal");
}

TEST(Result, ThrowsWhenAValueIsTakenThatIsNotThere) {
  const Result<int> result = Error{Errc::overloaded, "queue-full", "The queue is full."};
  try {
    (void)result.value();
    FAIL() << "nothing thrown";
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string_view{error.what()}.find("queue-full: The queue is full."), std::string_view::npos) << error.what();
  }
}

}  // namespace
}  // namespace ledger
