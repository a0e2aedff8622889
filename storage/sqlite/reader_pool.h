// The threads that read, so that no question waits for the writer or blocks an I/O thread.
#pragma once

#include "storage/sqlite/reader.h"
#include "sync/mutex.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace ledger::storage {

/// A fixed number of threads with a Reader each, and one bounded queue of questions.
class ReaderPool {
 public:
  /// A question. It is called exactly once, with a reader that is free, or with nullptr when the pool closes first. Does not throw.
  using Job = std::function<void(Reader*)>;

  /// REQUIRES at least one reader. Throws std::system_error when a thread cannot be started.
  ReaderPool(std::vector<std::unique_ptr<Reader>> readers, std::size_t queue_max);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  /// As close().
  ~ReaderPool();

  enum class Submitted { queued, full, closed };
  [[nodiscard]] Submitted submit(Job job);

  /// Waits for running questions, calls the queued ones with nullptr, ends the threads and closes the connections. Later calls do nothing. Must not
  /// be called from a job.
  void close() noexcept;

 private:
  void run(Reader& reader) noexcept;

  const std::size_t queue_max_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Job> jobs_ LEDGER_GUARDED_BY(mutex_);
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
  // Only the constructor and close():
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace ledger::storage
