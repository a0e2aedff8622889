// Tests of reading promises.txt: nothing is overlooked, and each fault names its line.
#include "tests/guarantees/promises.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ledger::guarantees {
namespace {

using testing::ElementsAre;

std::string fault(std::string_view text) {
  try {
    (void)parse_promises(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

TEST(Promises, StandUnderThemesWithTheirProofsBelow) {
  const auto promises =
      parse_promises("# why\n\n[Recording]\nOne.\n  A.One B.*\n\tfuzz:webhook\n\nTwo. And more.\n  C.Two_2\n[Reading]\nThree.\n D.Three");
  ASSERT_EQ(promises.size(), 3U);
  EXPECT_EQ(promises[0].theme, "Recording");
  EXPECT_EQ(promises[0].sentence, "One.");
  EXPECT_THAT(promises[0].proofs,
              ElementsAre(Proof{ProofKind::test, "A.One"}, Proof{ProofKind::suite, "B"}, Proof{ProofKind::fuzz_target, "webhook"}));
  EXPECT_EQ(promises[1].theme, "Recording");
  EXPECT_EQ(promises[1].sentence, "Two. And more.");
  EXPECT_EQ(promises[2].theme, "Reading");
  EXPECT_THAT(promises[2].proofs, ElementsAre(Proof{ProofKind::test, "D.Three"}));
}

TEST(Promises, AreRefusedWithTheLineOfTheFault) {
  EXPECT_EQ(fault("One.\n  A.B"), "promises, line 1: a promise stands under a theme");
  EXPECT_EQ(fault("[T]\n\nOne\n  A.B"), "promises, line 3: a promise is a sentence and ends with a full stop");
  EXPECT_EQ(fault("[T]\nOne | two.\n  A.B"), "promises, line 2: a promise is one cell of a table and holds no bar");
  EXPECT_EQ(fault("[T]\nOne.\n  A.B\nOne.\n  A.C"), "promises, line 4: this promise stands twice");
  EXPECT_EQ(fault("[T]\nOne.\n  A.B\n  A.B"), "promises, line 4: A.B stands twice");
  EXPECT_EQ(fault("[T]\nOne.\n\nTwo.\n  A.B"), "promises, line 2: this promise has no proof");
  EXPECT_EQ(fault("[T]\nOne.\n[U]\nTwo.\n  A.B"), "promises, line 2: this promise has no proof");
  EXPECT_EQ(fault("[T]\nOne.\n  A.B\nTwo."), "promises, line 4: this promise has no proof");
  EXPECT_EQ(fault("[T]\n  A.B"), "promises, line 2: a proof follows its promise");
  EXPECT_EQ(fault("[T]\nOne.\n  A.B\n[U]\n  A.C"), "promises, line 5: a proof follows its promise");
  EXPECT_EQ(fault("[T"), "promises, line 1: a theme stands in brackets");
  EXPECT_EQ(fault("[T]\n# nothing\n"), "promises, line 2: there is no promise");
}

TEST(Promises, TakeNoProofOfAnotherForm) {
  for (const char* word : {"A", "A.", ".B", "A.B.C", "A.B*", "*", "A.B,", "fuzz:", "fuzz:a.b", "Stores/A.B", "A.B/0"})
    EXPECT_EQ(fault(std::string("[T]\nOne.\n  ") + word),
              "promises, line 3: " + std::string(word) + " is none of Suite.Test, Suite.* and fuzz:target");
}

TEST(Covers, ATestASuiteOrATarget) {
  EXPECT_TRUE(covers({ProofKind::test, "A.B"}, "A.B"));
  EXPECT_FALSE(covers({ProofKind::test, "A.B"}, "A.Bee"));
  EXPECT_TRUE(covers({ProofKind::suite, "A"}, "A.Bee"));
  EXPECT_FALSE(covers({ProofKind::suite, "A"}, "Ab.Bee"));
  EXPECT_FALSE(covers({ProofKind::suite, "A"}, "A"));
  EXPECT_TRUE(covers({ProofKind::fuzz_target, "a"}, "fuzz:a"));
  EXPECT_FALSE(covers({ProofKind::fuzz_target, "a"}, "a"));
}

}  // namespace
}  // namespace ledger::guarantees
