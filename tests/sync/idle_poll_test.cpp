// When a thread looks for work before it sleeps, and for how long.
#include "sync/idle_poll.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace ledger::idle_poll_test {
namespace {

using std::chrono::microseconds;

/// Passes only while the core is offered to others.
struct HandTime {
  static microseconds now() noexcept { return time; }
  static void yield() noexcept { time += turn; }

  static inline microseconds time{0};
  static inline microseconds turn{1};  ///< How long others have the core when it is offered.
};

using Poll = IdlePoll<HandTime>;

/// What a wait did.
struct Waited {
  int looks = 0;
  int sleeps = 0;
};

class IdlePolling : public testing::Test {
 protected:
  /// Waits for work that comes after `later`.
  Waited wait_for(microseconds later) {
    Waited waited;
    const microseconds due = HandTime::time + later;
    const auto look = [&] {
      ++waited.looks;
      return HandTime::time >= due;
    };
    const auto block = [&] {
      ++waited.sleeps;
      HandTime::time = std::max(HandTime::time, due);
    };
    poll_.wait(look, block);
    return waited;
  }

  /// How many times in a row it sleeps for what comes at once.
  int sleeps_before_it_looks() {
    int sleeps = 0;
    while (wait_for(microseconds(0)).sleeps == 1) ++sleeps;
    return sleeps;
  }

  /// In which others take the core for too long, if it is offered to them.
  Waited wait_in_a_crowd() {
    HandTime::turn = Poll::kTurnMax + microseconds(1);
    const Waited waited = wait_for(microseconds(10));
    HandTime::turn = microseconds(1);
    return waited;
  }

  void wait_in_peace(int times) {
    for (int i = 0; i < times; ++i) wait_for(microseconds(0));
  }

  Poll poll_;
};

TEST_F(IdlePolling, SleepsUntilWorkHasComeQuicklyForAWhile) {
  EXPECT_EQ(sleeps_before_it_looks(), Poll::kSleepsAfterLate);
}

TEST_F(IdlePolling, LooksInsteadOfSleepingWhileWorkComesQuickly) {
  sleeps_before_it_looks();
  for (int i = 0; i < 3; ++i) {
    const Waited waited = wait_for(microseconds(10));
    EXPECT_EQ(waited.looks, 11);
    EXPECT_EQ(waited.sleeps, 0);
  }
}

TEST_F(IdlePolling, LooksNoLongerThanItsPatienceAndThenSleepsForAWhile) {
  sleeps_before_it_looks();
  const Waited waited = wait_for(std::chrono::hours(1));
  EXPECT_EQ(waited.looks, Poll::kPatience.count());
  EXPECT_EQ(waited.sleeps, 1);
  EXPECT_EQ(sleeps_before_it_looks(), Poll::kSleepsAfterLate);
}

TEST_F(IdlePolling, IsNotQuickAgainByOneQuickWait) {
  wait_for(Poll::kPatience);
  wait_for(microseconds(0));
  wait_for(Poll::kPatience);
  EXPECT_EQ(sleeps_before_it_looks(), Poll::kSleepsAfterLate);
}

TEST_F(IdlePolling, LeavesTheCoreToOthersForAWhileOnceTheyTookIt) {
  wait_in_peace(Poll::kWaitsPerCrowd);
  const Waited waited = wait_in_a_crowd();
  EXPECT_EQ(waited.looks, 1);
  EXPECT_EQ(waited.sleeps, 1);
  EXPECT_EQ(sleeps_before_it_looks(), Poll::kSleepsAfterLate);
}

TEST_F(IdlePolling, LeavesTheCoreToOthersForLongWhereTheyTakeItOften) {
  wait_in_peace(2 * Poll::kWaitsPerCrowd);
  wait_in_a_crowd();
  const int saved = sleeps_before_it_looks() + 2;  // The one that looked, and the one that runs into the crowd.
  wait_in_a_crowd();
  wait_for(Poll::kPatience);
  EXPECT_EQ(sleeps_before_it_looks(), Poll::kWaitsPerCrowd - saved) << "a late one makes it no shorter";
}

TEST_F(IdlePolling, RunsIntoACrowdSeldom) {
  wait_in_peace(Poll::kWaitsPerCrowd);
  int crowds = 0;
  for (int i = 0; i < 10 * Poll::kWaitsPerCrowd; ++i) crowds += wait_in_a_crowd().looks;
  EXPECT_EQ(crowds, 11) << "ten, and the one for which the waits before were saved";
}

TEST_F(IdlePolling, TakesAShortTurnOfOthersForNothing) {
  sleeps_before_it_looks();
  HandTime::turn = Poll::kTurnMax;
  const Waited waited = wait_for(3 * Poll::kTurnMax);
  HandTime::turn = microseconds(1);
  EXPECT_EQ(waited.looks, 4);
  EXPECT_EQ(waited.sleeps, 0);
}

}  // namespace
}  // namespace ledger::idle_poll_test
