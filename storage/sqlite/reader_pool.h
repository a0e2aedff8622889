// The threads that read, so that no question ever waits on the writer or holds an I/O thread.
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

/// A fixed number of threads, a Reader each, and one bounded queue of questions before them.
class ReaderPool {
 public:
  /// A question, asked with the reader that is free; called exactly once, or with nullptr when the pool closes before it was asked. Does not throw.
  using Job = std::function<void(Reader*)>;

  /// REQUIRES at least one reader. Throws std::system_error when there are not threads enough to be had.
  ReaderPool(std::vector<std::unique_ptr<Reader>> readers, std::size_t queue_max);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  /// As close().
  ~ReaderPool();

  enum class Submitted { queued, full, closed };
  [[nodiscard]] Submitted submit(Job job);

  /// Lets running questions end, hands nullptr to those that wait, ends the threads, closes the connections. Later calls do nothing. Not from a job.
  void close() noexcept;

 private:
  void run(Reader& reader) noexcept;

  const std::size_t queue_max_;
  Mutex mutex_;
  CondVar something_;
  std::deque<Job> jobs_ LEDGER_GUARDED_BY(mutex_);
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
  // Only the constructor and close():
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace ledger::storage
