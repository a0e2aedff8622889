// The standard mutex, lock and condition variable, with attributes from which Clang proves that guarded members are used only under their mutex.
//
// Write the guard beside the member, and a lock where the member is used. -Wthread-safety, an error in every Clang build, checks them:
//
//   Mutex mutex_;
//   CondVar changed_;
//   std::deque<Job> jobs_ LEDGER_GUARDED_BY(mutex_);
//
//   MutexLock lock(mutex_);
//   while (jobs_.empty()) changed_.wait(lock);
//
// Use a loop and no predicate: inside a lambda the analysis does not know which locks are held outside. GCC ignores the attributes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define LEDGER_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define LEDGER_THREAD_ANNOTATION(attribute)
#endif

/// A member that is used only while `mutex` is held.
#define LEDGER_GUARDED_BY(mutex) LEDGER_THREAD_ANNOTATION(guarded_by(mutex))
/// A function that is called only while these locks are held.
#define LEDGER_REQUIRES(...) LEDGER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

namespace ledger {

/// Not recursive. Only MutexLock locks it.
class LEDGER_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex until the end of the scope. The mutex must outlive it.
class [[nodiscard]] LEDGER_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LEDGER_THREAD_ANNOTATION(acquire_capability(mutex)) : lock_(mutex.mutex_) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() LEDGER_THREAD_ANNOTATION(release_capability()) = default;

  /// Releases the mutex before the end of the scope. Call it once.
  void unlock() LEDGER_THREAD_ANNOTATION(release_capability()) { lock_.unlock(); }

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

/// Wakes threads that wait for a change of what a mutex guards. Wakeups may be spurious: wait in a loop that checks the condition.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  /// REQUIRES that `lock` holds the mutex. The mutex is released during the wait and held again on return.
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
