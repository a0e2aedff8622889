// Tests of the document: what a reader sees of a judgement.
#include "tests/guarantees/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::guarantees {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Heading heading() {
  return {"What it guarantees", "2026-11-07", "abc1234", "2 cores", "./dev guarantees", "three suites"};
}

TEST(Markdown, IsATableForEachTheme) {
  const auto promises = parse_promises("[Recording]\nOne.\n  A.One B.*\nTwo.\n  C.Two\n[Reading]\nThree.\n  D.Three fuzz:webhook");
  const std::vector<Execution> runs = {{{"debug", ""}, "A.One", Outcome::passed, {{1234567, "cuts"}, {12, "files | more"}}},
                                       {{"asan", ""}, "B.One", Outcome::passed, {}},
                                       {{"debug", ""}, "D.Three", Outcome::passed, {}}};
  EXPECT_EQ(to_markdown(judge(promises, runs, Required::tests), heading()),
            "# What it guarantees\n"
            "\n"
            "Written by `./dev guarantees` from the results of test runs, and by nobody's hand.\n"
            "\n"
            "| | |\n"
            "|---|---|\n"
            "| date | 2026-11-07 |\n"
            "| commit | abc1234 |\n"
            "| machine | 2 cores |\n"
            "| extent | three suites |\n"
            "\n"
            "## Recording\n"
            "\n"
            "| promise | proven by | how often it ran | what was counted | result |\n"
            "|---|---|---|---|---|\n"
            "| One. | `A.One`, `B.*` | debug 1, asan 1 | 1,234,567 cuts; 12 files / more | passed |\n"
            "| Two. | `C.Two` | – | – | **not run** (without a run: `C.Two`) |\n"
            "\n"
            "## Reading\n"
            "\n"
            "| promise | proven by | how often it ran | what was counted | result |\n"
            "|---|---|---|---|---|\n"
            "| Three. | `D.Three`, `fuzz:webhook` | debug 1 | – | passed (without a run: `fuzz:webhook`) |\n");
}

TEST(Markdown, EndsWithWhatFailedAndHowToRunItAgain) {
  const auto promises = parse_promises("[T]\nOne.\n  A.One");
  const std::vector<Execution> runs = {{{"asan", "42"}, "A.One", Outcome::failed, {}},
                                       {{"debug", ""}, "B.Two", Outcome::failed, {}},
                                       {{"fuzz", "42"}, "fuzz:webhook", Outcome::failed, {}}};
  const std::string text = to_markdown(judge(promises, runs, Required::all), heading());
  EXPECT_THAT(text, HasSubstr("| One. | `A.One` | asan 1 | – | **FAILED** |\n"));
  EXPECT_THAT(text, EndsWith("\n## What failed, and how to run it again\n\n"
                             "- `A.One`, asan: `LEDGER_TEST_SEED=42 ./dev test asan -R 'A\\.One($|/)'`\n"
                             "- `B.Two`, debug: `./dev test debug -R 'B\\.Two($|/)'`\n"
                             "- `fuzz:webhook`, fuzz: `build/fuzz/tests/fuzz/fuzz_webhook build/fuzz/findings/webhook-*`\n"));
}

TEST(Markdown, SaysNothingOfFailuresWhereThereAreNone) {
  const auto judgement = judge(parse_promises("[T]\nOne.\n  A.One"), {{{"debug", ""}, "A.One", Outcome::passed, {}}}, Required::all);
  EXPECT_THAT(to_markdown(judgement, heading()), Not(HasSubstr("failed")));
}

}  // namespace
}  // namespace ledger::guarantees
