// Whose core is kept awake, when, and for how long.
#include "storage/sqlite/keep_awake.h"

#include <gmock/gmock.h>

#include <sched.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ledger::storage::keep_awake_test {
namespace {

using testing::ElementsAre;

/// The cores that each thread of the lowest policy in this process may run on.
std::vector<std::vector<int>> cores_of_lowest() {
  std::vector<std::vector<int>> found;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    const auto id = static_cast<pid_t>(std::stol(thread.path().filename()));
    cpu_set_t may;
    if (sched_getscheduler(id) != SCHED_IDLE || sched_getaffinity(id, sizeof may, &may) != 0) continue;
    std::vector<int>& cores = found.emplace_back();
    for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &may)) cores.push_back(static_cast<int>(core));
    }
  }
  return found;
}

/// A thread that was joined can still be listed for a moment: one of the lowest policy needs the core once more to be gone.
void wait_until_none_is_left() {
  while (!cores_of_lowest().empty()) std::this_thread::yield();
}

/// Stays on the core that it is on, as long as it lives.
class Settled {
 public:
  Settled() : core_(sched_getcpu()) {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(static_cast<std::size_t>(core_), &here);
    sched_setaffinity(0, sizeof here, &here);
  }
  Settled(const Settled&) = delete;
  Settled& operator=(const Settled&) = delete;
  ~Settled() { sched_setaffinity(0, sizeof before_, &before_); }

  [[nodiscard]] int core() const noexcept { return core_; }

 private:
  const int core_;
  cpu_set_t before_{};
};

/// Waits until one wait has followed on another soon enough: somebody else may have had the core for long.
template <class Wait>
void wait_while_awake(KeepAwake& keep_awake, Wait wait) {
  bool was_awake = false;
  while (!was_awake) {
    was_awake = keep_awake.during([&] {
      if (!keep_awake.is_awake()) return false;
      wait();
      return true;
    });
  }
}

TEST(KeepAwake, ReturnsWhatTheWaitReturns) {
  KeepAwake keep_awake;
  EXPECT_EQ(keep_awake.during([] { return 7; }), 7);
}

TEST(KeepAwake, LetsACoreSleepForAWaitThatFollowsOnNone) {
  KeepAwake keep_awake;
  EXPECT_FALSE(keep_awake.during([&] { return keep_awake.is_awake(); }));
}

TEST(KeepAwake, TakesTheCoreOfTheOneThatWaitsWithTheLowestPolicy) {
  wait_until_none_is_left();  // Of the tests before, where one process runs them all.
  const Settled settled;
  KeepAwake keep_awake;
  wait_while_awake(keep_awake, [&] { EXPECT_THAT(cores_of_lowest(), ElementsAre(ElementsAre(settled.core()))); });
}

TEST(KeepAwake, LetsTheCoreSleepWhenTheWaitIsOver) {
  KeepAwake keep_awake;
  wait_while_awake(keep_awake, [] {});
  EXPECT_FALSE(keep_awake.is_awake());
}

TEST(KeepAwake, LetsTheCoreSleepWhenTheWaitIsLong) {
  KeepAwake keep_awake;
  const auto begun = std::chrono::steady_clock::now();
  wait_while_awake(keep_awake, [&] {
    while (keep_awake.is_awake()) std::this_thread::yield();
  });
  EXPECT_GE(std::chrono::steady_clock::now() - begun, KeepAwake::kPatience);
}

TEST(KeepAwake, LeavesNoThreadBehind) {
  auto keep_awake = std::make_unique<KeepAwake>();
  wait_while_awake(*keep_awake, [&] { EXPECT_FALSE(cores_of_lowest().empty()); });
  keep_awake.reset();
  wait_until_none_is_left();
}

}  // namespace
}  // namespace ledger::storage::keep_awake_test
