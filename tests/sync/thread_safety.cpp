// Never linked: clang must compile it with FAULT 0, and refuse it with any other (tests/sync/CMakeLists.txt).
#include "sync/mutex.h"

namespace ledger {

class Counter {
 public:
  int wait_and_take() {
    MutexLock lock(mutex_);
    while (number_ == 0) changed_.wait(lock);
    return take();
  }

  void add() {
    MutexLock lock(mutex_);
    ++number_;
    lock.unlock();
    changed_.notify_one();
  }

#if FAULT == 1
  int fault() const {
    return number_;
  }
#elif FAULT == 2
  void fault() {
    number_ = 1;
  }
#elif FAULT == 3
  int fault() {
    return take();
  }
#elif FAULT == 4
  int fault() {
    MutexLock lock(mutex_);
    lock.unlock();
    return number_;
  }
#elif FAULT == 5
  int fault() {
    const MutexLock lock(other_mutex_);
    return number_;
  }
#elif FAULT == 6
  int fault() {
    const MutexLock lock(mutex_);
    const MutexLock again(mutex_);
    return number_;
  }
#endif

 private:
  int take() LEDGER_REQUIRES(mutex_) {
    return number_--;
  }

  Mutex mutex_;
  Mutex other_mutex_;
  CondVar changed_;
  int number_ LEDGER_GUARDED_BY(mutex_) = 0;
};

}  // namespace ledger
