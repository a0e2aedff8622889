// When a thread looks for work before it sleeps, and for how long.
#include "sync/idle_poll.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace ledger {
namespace {

using std::chrono::microseconds;

/// Moves only when it is told to.
struct HandClock {
  using duration = microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<HandClock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept { return time_point(time); }
  static inline microseconds time{0};
};

using Poll = IdlePoll<HandClock>;

/// What a wait did whose work comes after `later`.
struct Waited {
  int looks = 0;
  int sleeps = 0;
};

Waited wait_for(Poll& poll, microseconds later) {
  Waited waited;
  const auto due = HandClock::now() + later;
  const auto look = [&] {
    ++waited.looks;
    if (HandClock::now() >= due) return true;
    HandClock::time += microseconds(1);
    return false;
  };
  const auto block = [&] {
    ++waited.sleeps;
    HandClock::time = std::max(HandClock::now(), due).time_since_epoch();
  };
  poll.wait(look, block);
  return waited;
}

TEST(IdlePoll, SleepsWhileItDoesNotKnowThatWorkComesSoon) {
  Poll poll;
  const Waited first = wait_for(poll, microseconds(10));
  EXPECT_EQ(first.looks, 0);
  EXPECT_EQ(first.sleeps, 1);
}

TEST(IdlePoll, LooksInsteadOfSleepingWhereWorkCameSoon) {
  Poll poll;
  wait_for(poll, Poll::kPatience - microseconds(1));
  const Waited second = wait_for(poll, microseconds(10));
  EXPECT_EQ(second.looks, 11);
  EXPECT_EQ(second.sleeps, 0);
  EXPECT_EQ(wait_for(poll, microseconds(0)).looks, 1) << "and goes on like that";
}

TEST(IdlePoll, LooksNoLongerThanItsPatience) {
  Poll poll;
  wait_for(poll, microseconds(0));
  const Waited waited = wait_for(poll, std::chrono::hours(1));
  EXPECT_EQ(waited.looks, Poll::kPatience.count());
  EXPECT_EQ(waited.sleeps, 1);
}

TEST(IdlePoll, SleepsAtOnceAgainWhereWorkCameLate) {
  Poll poll;
  wait_for(poll, microseconds(0));
  wait_for(poll, Poll::kPatience);
  const Waited waited = wait_for(poll, microseconds(0));
  EXPECT_EQ(waited.looks, 0);
  EXPECT_EQ(waited.sleeps, 1);
}

}  // namespace
}  // namespace ledger
