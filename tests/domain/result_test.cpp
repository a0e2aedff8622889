// A Result whose error was not handled.
#include "domain/result.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger::result_test {
namespace {

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
}  // namespace ledger::result_test
