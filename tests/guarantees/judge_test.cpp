// Tests of the judgement: a promise counts as kept only by runs that really were.
#include "tests/guarantees/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::guarantees {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Execution ran(const std::string& suite, const std::string& subject, Outcome outcome = Outcome::passed, std::vector<Evidence> evidence = {}) {
  return {{suite, "1"}, subject, outcome, std::move(evidence)};
}

Row only_row(const Judgement& judgement) {
  EXPECT_EQ(judgement.rows.size(), 1U);
  return judgement.rows.empty() ? Row{} : judgement.rows.front();
}

TEST(Judge, CallsAPromiseKeptWhenEachOfItsProofsRan) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One A.Two");
  const auto judgement = judge(promises, {ran("debug", "A.One"), ran("asan", "A.Two"), ran("debug", "A.Three")}, Required::all);
  EXPECT_EQ(only_row(judgement).verdict, Verdict::passed);
  EXPECT_THAT(only_row(judgement).runs, ElementsAre(Pair("debug", 1), Pair("asan", 1)));
  EXPECT_THAT(judgement.faults, IsEmpty());
}

TEST(Judge, CallsAPromiseNotRunWhenOneProofIsMissing) {
  const auto judgement = judge(parse_promises("[T]\nOne.\n  A.One A.Two B.*"), {ran("debug", "A.One")}, Required::all);
  EXPECT_EQ(only_row(judgement).verdict, Verdict::not_run);
  EXPECT_THAT(only_row(judgement).missing, ElementsAre(Proof{ProofKind::test, "A.Two"}, Proof{ProofKind::suite, "B"}));
  EXPECT_THAT(judgement.faults, ElementsAre("A.Two is not among the results", "B.* is not among the results"));
}

TEST(Judge, TakesASkippedTestForNoRunAtAll) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One");
  const auto judgement = judge(promises, {ran("debug", "A.One", Outcome::skipped)}, Required::tests);
  EXPECT_EQ(only_row(judgement).verdict, Verdict::not_run);
  EXPECT_THAT(judgement.faults, ElementsAre("A.One was skipped wherever it was asked for"));

  const auto once = judge(promises, {ran("debug", "A.One", Outcome::skipped), ran("asan", "A.One")}, Required::tests);
  EXPECT_EQ(only_row(once).verdict, Verdict::passed);
  EXPECT_THAT(only_row(once).runs, ElementsAre(Pair("asan", 1)));
}

TEST(Judge, LetsOneFailureBreakAPromiseWhateverElsePassed) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One A.Missing");
  const auto judgement = judge(promises, {ran("tsan", "A.One", Outcome::failed), ran("debug", "A.One")}, Required::all);
  EXPECT_EQ(only_row(judgement).verdict, Verdict::failed);
  ASSERT_EQ(judgement.failures.size(), 1U);
  EXPECT_EQ(judgement.failures[0].source.suite, "tsan");
  EXPECT_THAT(judgement.faults, ElementsAre("A.Missing is not among the results", "A.One FAILED (tsan)"));
}

TEST(Judge, TellsOfAFailureThatNoPromiseNames) {
  const auto judgement = judge(parse_promises("[T]\nOne.\n  A.One"), {ran("debug", "A.One"), ran("debug", "B.Two", Outcome::failed)}, Required::all);
  EXPECT_EQ(only_row(judgement).verdict, Verdict::passed);
  EXPECT_THAT(judgement.faults, ElementsAre("B.Two FAILED (debug)"));
}

TEST(Judge, SumsEvidenceByItsText) {
  const auto judgement = judge(parse_promises("[T]\nOne.\n  A.* A.One"),
                               {ran("debug", "A.One", Outcome::passed, {{3, "cuts"}, {1, "files"}}),
                                ran("debug", "A.Two", Outcome::passed, {{4, "cuts"}}), ran("debug", "B.One", Outcome::passed, {{100, "cuts"}})},
                               Required::all);
  EXPECT_THAT(only_row(judgement).counted, ElementsAre(Evidence{7, "cuts"}, Evidence{1, "files"}));
  EXPECT_THAT(only_row(judgement).runs, ElementsAre(Pair("debug", 2))) << "a test of a named suite counts once";
}

TEST(Judge, ForgivesFuzzersThatDidNotRunWhereOnlyTestsAreRequired) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One fuzz:webhook\nTwo.\n  fuzz:webhook");
  const std::vector<Execution> runs = {ran("debug", "A.One")};
  const auto tests = judge(promises, runs, Required::tests);
  ASSERT_EQ(tests.rows.size(), 2U);
  EXPECT_EQ(tests.rows[0].verdict, Verdict::passed);
  EXPECT_THAT(tests.rows[0].missing, ElementsAre(Proof{ProofKind::fuzz_target, "webhook"})) << "said, though forgiven";
  EXPECT_EQ(tests.rows[1].verdict, Verdict::not_run);
  EXPECT_THAT(tests.faults, IsEmpty());

  const auto all = judge(promises, runs, Required::all);
  EXPECT_EQ(all.rows[0].verdict, Verdict::not_run);
  EXPECT_EQ(all.faults.size(), 2U);
}

TEST(Judge, LeavesOutWhatAPartialRunDidNotTouch) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One A.Two\nTwo.\n  B.Two");
  const auto judgement = judge(promises, {ran("debug", "A.One")}, Required::nothing);
  EXPECT_EQ(only_row(judgement).promise.sentence, "One.");
  EXPECT_EQ(only_row(judgement).verdict, Verdict::passed);
  EXPECT_THAT(only_row(judgement).missing, IsEmpty());
  EXPECT_THAT(judgement.faults, IsEmpty());
}

}  // namespace
}  // namespace ledger::guarantees
