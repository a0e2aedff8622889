// Tests of reading the lines of `./dev fuzz`.
#include "tests/guarantees/fuzz_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger::guarantees {
namespace {

using testing::ElementsAre;

const Source kFuzz = {"fuzz", ""};

TEST(FuzzResults, AreExecutionsWithTheirInputsCounted) {
  const auto executions = read_fuzz_results("webhook 123456 60 passed\nrequest_gate 5 1 FAILED\n", kFuzz);
  ASSERT_EQ(executions.size(), 2U);
  EXPECT_EQ(executions[0].subject, "fuzz:webhook");
  EXPECT_EQ(executions[0].source.suite, "fuzz");
  EXPECT_EQ(executions[0].outcome, Outcome::passed);
  EXPECT_THAT(executions[0].evidence, ElementsAre(Evidence{123456, "fuzzed inputs"}, Evidence{60, "seconds of fuzzing"}));
  EXPECT_EQ(executions[1].subject, "fuzz:request_gate");
  EXPECT_EQ(executions[1].outcome, Outcome::failed);
}

TEST(FuzzResults, OfAnotherFormAreRefused) {
  for (const char* text :
       {"", "\n", "webhook 1 2 ok\n", "webhook 1 passed\n", "webhook 1 2 passed \n", "web-hook 1 2 passed\n", "webhook -1 2 passed\n"})
    EXPECT_THROW((void)read_fuzz_results(text, kFuzz), std::runtime_error) << text;
}

}  // namespace
}  // namespace ledger::guarantees
