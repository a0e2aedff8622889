// The check of invariants works in every build.
#include "domain/check.h"

#include <gtest/gtest.h>

namespace ledger::check_test {
namespace {

TEST(CheckDeathTest, AbortsAndNamesTheBrokenInvariant) {
  const int answer = 41;
  EXPECT_DEATH(LEDGER_CHECK(answer == 42), "invariant broken: answer == 42 \\(.*check_test\\.cpp:[0-9]+\\)");
}

TEST(Check, EvaluatesAnInvariantThatHoldsOnce) {
  int evaluations = 0;
  LEDGER_CHECK(++evaluations == 1);
  EXPECT_EQ(evaluations, 1);
}

}  // namespace
}  // namespace ledger::check_test
