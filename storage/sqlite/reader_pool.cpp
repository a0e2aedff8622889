// The threads that read, so that no question waits for the writer or blocks an I/O thread.
#include "storage/sqlite/reader_pool.h"

#include "domain/check.h"

#include <utility>

namespace ledger::storage {

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Reader>> readers, std::size_t queue_max) : queue_max_(queue_max), readers_(std::move(readers)) {
  LEDGER_CHECK(!readers_.empty());
  threads_.reserve(readers_.size());
  try {
    for (const auto& reader : readers_) threads_.emplace_back([this, &reader = *reader] { run(reader); });
  } catch (...) {
    close();
    throw;
  }
}

ReaderPool::~ReaderPool() {
  close();
}

ReaderPool::Submitted ReaderPool::submit(Job job) {
  {
    const MutexLock lock(mutex_);
    if (closed_) return Submitted::closed;
    if (jobs_.size() >= queue_max_) return Submitted::full;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return Submitted::queued;
}

void ReaderPool::close() noexcept {
  std::deque<Job> unasked;
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    unasked.swap(jobs_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  for (const Job& job : unasked) job(nullptr);
  readers_.clear();
}

void ReaderPool::run(Reader& reader) noexcept {
  for (;;) {
    Job job;
    {
      MutexLock lock(mutex_);
      while (jobs_.empty() && !closed_) changed_.wait(lock);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(&reader);
  }
}

}  // namespace ledger::storage
