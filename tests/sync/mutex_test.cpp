// What the wrappers do at run time. What they are for, the proof by clang, is tested by thread_safety.cpp.
#include "sync/mutex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace ledger::mutex_test {
namespace {

/// What two threads share.
struct Shared {
  Mutex mutex;
  CondVar changed;
  int number LEDGER_GUARDED_BY(mutex) = 0;
};

TEST(MutexLock, LetsOneInAtATime) {
  Shared shared;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shared] {
      for (int round = 0; round < 5000; ++round) {
        const MutexLock lock(shared.mutex);
        ++shared.number;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.number, 20'000);
}

TEST(MutexLock, CanLetGoEarly) {
  Shared shared;
  MutexLock lock(shared.mutex);
  shared.number = 1;
  lock.unlock();
  // It would wait for ever if the first one still held.
  const MutexLock again(shared.mutex);
  EXPECT_EQ(shared.number, 1);
}

TEST(CondVar, WakesWhoWaits) {
  Shared shared;
  std::thread other([&shared] {
    MutexLock lock(shared.mutex);
    shared.number = 1;
    lock.unlock();
    shared.changed.notify_one();
  });
  MutexLock lock(shared.mutex);
  while (shared.number == 0) shared.changed.wait(lock);
  EXPECT_EQ(shared.number, 1);
  lock.unlock();
  other.join();
}

TEST(CondVar, WakesAllWhoWait) {
  Shared shared;
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&shared] {
      MutexLock lock(shared.mutex);
      while (shared.number == 0) shared.changed.wait(lock);
    });
  }
  {
    const MutexLock lock(shared.mutex);
    shared.number = 1;
  }
  shared.changed.notify_all();
  for (std::thread& thread : threads) thread.join();
}

TEST(CondVar, TellsThatTheDeadlineHasPassed) {
  Shared shared;
  const auto deadline = std::chrono::steady_clock::now();
  MutexLock lock(shared.mutex);
  // It may wake before, for no reason; then there is nothing to wait for but the next time.
  while (shared.changed.wait_until(lock, deadline)) continue;
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

}  // namespace
}  // namespace ledger::mutex_test
