// The threads that answer questions, so that no question waits for the writer or holds up an I/O thread.
#pragma once

#include "domain/check.h"
#include "sync/mutex.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::storage {

/// A fixed number of threads with one Reader each, and one bounded queue of questions. A Reader is used and destroyed by one thread at a time.
template <class Reader>
class ReaderPool {
 public:
  /// A question. It is called exactly once: with a free reader, or with nullptr when the pool closes before. It does not throw.
  using Question = std::function<void(Reader*)>;

  /// REQUIRES at least one reader. Throws std::system_error when the system has not enough threads.
  ReaderPool(std::vector<std::unique_ptr<Reader>> readers, std::size_t queue_max) : queue_max_(queue_max), readers_(std::move(readers)) {
    LEDGER_CHECK(!readers_.empty());
    threads_.reserve(readers_.size());
    try {
      for (const auto& reader : readers_) threads_.emplace_back([this, &reader = *reader] { run(reader); });
    } catch (...) {
      close();
      throw;
    }
  }
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  /// As close().
  ~ReaderPool() { close(); }

  enum class Submitted { queued, full, closed };
  [[nodiscard]] Submitted submit(Question question) {
    {
      const MutexLock lock(mutex_);
      if (closed_) return Submitted::closed;
      if (questions_.size() >= queue_max_) return Submitted::full;
      questions_.push_back(std::move(question));
    }
    changed_.notify_one();
    return Submitted::queued;
  }

  /// Waits for running questions, calls the queued ones with nullptr, ends the threads and destroys the readers. Later calls do nothing. Not from a
  /// question.
  void close() noexcept {
    std::deque<Question> unasked;
    {
      const MutexLock lock(mutex_);
      closed_ = true;
      unasked.swap(questions_);
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    for (const Question& question : unasked) question(nullptr);
    readers_.clear();
  }

 private:
  void run(Reader& reader) noexcept {
    for (;;) {
      Question question;
      {
        MutexLock lock(mutex_);
        while (questions_.empty() && !closed_) changed_.wait(lock);
        if (questions_.empty()) return;
        question = std::move(questions_.front());
        questions_.pop_front();
      }
      question(&reader);
    }
  }

  const std::size_t queue_max_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Question> questions_ LEDGER_GUARDED_BY(mutex_);
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
  // Only the constructor and close():
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace ledger::storage
