// Carries results from the threads of the store to the thread of a loop.
#pragma once

#include "sync/mutex.h"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace ledger::server {

/// A request that waits on a loop's thread for the store.
class Waiting {
 public:
  Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  virtual ~Waiting() = default;

  /// Called on the loop's thread. False if the request does not wait any more.
  [[nodiscard]] virtual bool arrive() noexcept = 0;
};

/// One for each loop. The results of a group commit wake the loop only once.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  /// `loop` and `late_results` are used until close().
  Mailbox(boost::asio::io_context& loop, std::atomic<std::uint64_t>& late_results) noexcept : loop_(loop), late_results_(late_results) {}

  /// Calls waiting->arrive() on the loop's thread. Any thread.
  void deliver(std::shared_ptr<Waiting> waiting) noexcept;

  /// Drops every result from now on. Callbacks may outlive the loop, so this must be called before the loop is destroyed.
  void close() noexcept;

 private:
  void deliver_all() noexcept;

  boost::asio::io_context& loop_;
  std::atomic<std::uint64_t>& late_results_;

  Mutex mutex_;
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Waiting>> arrived_ LEDGER_GUARDED_BY(mutex_);  ///< Shared with the waiting request.
};

}  // namespace ledger::server
