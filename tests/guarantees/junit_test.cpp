// Tests of reading what CTest 3.25 writes.
#include "tests/guarantees/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger::guarantees {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Source kDebug = {"debug", "7"};

/// A document of one test case, with `inner` inside it.
std::string document(const std::string& status, const std::string& inner) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"Linux-c++\"\n\ttests=\"1\"\n\t>\n\t<testcase name=\"A.B\" classname=\"A.B\" "
         "time=\"0.1\" status=\"" +
         status + "\">\n" + inner + "\t</testcase>\n</testsuite>\n";
}

Outcome outcome(const std::string& status, const std::string& inner = "") {
  return read_junit(document(status, inner + "<system-out></system-out>"), kDebug).front().outcome;
}

TEST(Junit, KnowsWhatBecameOfATest) {
  EXPECT_EQ(outcome("run"), Outcome::passed);
  EXPECT_EQ(outcome("fail", "<failure message=\"\"/>"), Outcome::failed);
  EXPECT_EQ(outcome("disabled"), Outcome::skipped);
  EXPECT_EQ(outcome("notrun", "<skipped message=\"SKIP_REGULAR_EXPRESSION_MATCHED\"/>"), Outcome::skipped);
  EXPECT_EQ(outcome("notrun", "<skipped message=\"SKIP_RETURN_CODE=4\"/>"), Outcome::skipped);
}

TEST(Junit, CountsATestThatCouldNotStartAsFailed) {
  EXPECT_EQ(outcome("notrun", "<skipped message=\"Unable to find executable\"/>"), Outcome::failed);
  EXPECT_EQ(outcome("notrun"), Outcome::failed);
}

TEST(Junit, FindsEvidenceInTheOutput) {
  const auto executions = read_junit(
      document("run",
               "<system-out>[ RUN      ] A.B\n[ EVIDENCE ] 4096 power cuts\n[ EVIDENCE ] 2 &lt;odd&gt; things\n say [ EVIDENCE ] 3 not at the start\n"
               "[ EVIDENCE ] many cuts\n[ EVIDENCE ] 5\n</system-out>"),
      kDebug);
  ASSERT_EQ(executions.size(), 1U);
  EXPECT_THAT(executions[0].evidence, ElementsAre(Evidence{4096, "power cuts"}, Evidence{2, "<odd> things"}));
}

TEST(Junit, TakesTheSeedThatWasPrintedBeforeThatOfTheFile) {
  const auto printed = read_junit(document("fail", "<system-out>trace: LEDGER_TEST_SEED=99\n</system-out>"), kDebug);
  EXPECT_EQ(printed.front().source.seed, "99");
  const auto both = read_junit(document("fail", "<system-out>LEDGER_TEST_SEED=98\ntrace: LEDGER_TEST_SEED=99\n</system-out>"), kDebug);
  EXPECT_EQ(both.front().source.seed, "99") << "the one of what failed";
  const auto silent = read_junit(document("fail", "<system-out>Timeout</system-out>"), kDebug);
  EXPECT_EQ(silent.front().source.seed, "7");
  EXPECT_EQ(silent.front().source.suite, "debug");
  EXPECT_THAT(silent.front().evidence, IsEmpty());
}

TEST(Junit, NamesParameterisedTestsAsTheSourceDoes) {
  EXPECT_EQ(plain_name("Crash.KillNine"), "Crash.KillNine");
  EXPECT_EQ(plain_name("Stores/EventStoreContract.Answers/Sqlite"), "EventStoreContract.Answers");
  EXPECT_EQ(plain_name("Typed/0.Answers"), "Typed.Answers");
  EXPECT_EQ(plain_name("Prefix/Typed/12.Answers"), "Typed.Answers");
  EXPECT_EQ(plain_name("noDot"), "noDot");
}

TEST(Junit, IsRefusedWhenItIsNoSuchDocument) {
  EXPECT_THROW((void)read_junit("", kDebug), std::runtime_error);
  EXPECT_THROW((void)read_junit("<testsuite>", kDebug), std::runtime_error);
  EXPECT_THROW((void)read_junit("<other/>", kDebug), std::runtime_error);
  EXPECT_THROW((void)read_junit("<testsuite><testcase name=\"A.B\"/></testsuite>", kDebug), std::runtime_error) << "no status";
  EXPECT_THROW((void)outcome("exploded"), std::runtime_error);
  EXPECT_THROW((void)read_junit("<testsuite tests=\"0\"></testsuite>", kDebug), std::runtime_error) << "no test case";
}

}  // namespace
}  // namespace ledger::guarantees
