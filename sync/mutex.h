// The standard's mutex, lock and condition variable, with names by which clang proves that what a mutex guards is touched under it alone.
//
// Write the guard beside the member, and the lock where it is touched; -Wthread-safety, an error in every clang build, holds one against the other:
//
//   Mutex mutex_;
//   CondVar something_;
//   std::deque<Job> jobs_ LEDGER_GUARDED_BY(mutex_);
//
//   MutexLock lock(mutex_);
//   while (jobs_.empty()) something_.wait(lock);
//
// A loop, not a predicate: inside a lambda the analysis does not know what is held outside it. GCC reads the annotations as nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define LEDGER_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define LEDGER_THREAD_ANNOTATION(attribute)
#endif

/// A type that can be held.
#define LEDGER_CAPABILITY(kind) LEDGER_THREAD_ANNOTATION(capability(kind))
/// A type whose objects hold something for as long as they live.
#define LEDGER_SCOPED_CAPABILITY LEDGER_THREAD_ANNOTATION(scoped_lockable)
/// A member that is touched only while `mutex` is held.
#define LEDGER_GUARDED_BY(mutex) LEDGER_THREAD_ANNOTATION(guarded_by(mutex))
/// A function that is called only while these are held.
#define LEDGER_REQUIRES(...) LEDGER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
/// A function on whose return these are held, which they were not before.
#define LEDGER_ACQUIRE(...) LEDGER_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
/// A function on whose return these are held no more.
#define LEDGER_RELEASE(...) LEDGER_THREAD_ANNOTATION(release_capability(__VA_ARGS__))

namespace ledger {

/// Not recursive. Taken by MutexLock alone.
class LEDGER_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex, which outlives it, to the end of the scope.
class [[nodiscard]] LEDGER_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LEDGER_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() LEDGER_RELEASE() = default;

  /// Lets go before the end of the scope. Once only.
  void unlock() LEDGER_RELEASE() { lock_.unlock(); }

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

/// Wakes those who wait for a change of what a mutex guards. They may wake without a reason: wait in a loop that looks.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  /// REQUIRES that `lock` still holds. It is let go while waiting, and holds again on return.
  void wait(MutexLock& lock) { condition_.wait(lock.lock_); }
  /// The same; false once the deadline has passed.
  [[nodiscard]] bool wait_until(MutexLock& lock, std::chrono::steady_clock::time_point deadline) {
    return condition_.wait_until(lock.lock_, deadline) == std::cv_status::no_timeout;
  }

  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace ledger
