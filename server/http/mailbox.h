// The way back from the store: results cross from its threads to the thread that a request lives on.
#pragma once

#include "server/api/counters.h"
#include "sync/mutex.h"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

namespace ledger::server {

/// Something that waits on a loop's thread for the store.
class Waiting {
 public:
  Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  virtual ~Waiting() = default;

  /// Runs on the loop's thread. False when nobody waits any more.
  [[nodiscard]] virtual bool arrive() noexcept = 0;
};

/// One for each loop. deliver() may be called from any thread; a burst of results, as a group commit makes it, costs the loop one wake-up.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  /// `loop` and `counters` are used until close().
  Mailbox(boost::asio::io_context& loop, Counters& counters) noexcept : loop_(loop), counters_(counters) {}

  void deliver(std::shared_ptr<Waiting> waiting) noexcept;

  /// What comes later is dropped. Callbacks may outlive the loop, so this must be called before the loop goes.
  void close() noexcept;

 private:
  void hand_out() noexcept;

  boost::asio::io_context& loop_;
  Counters& counters_;

  Mutex mutex_;
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Waiting>> arrived_ LEDGER_GUARDED_BY(mutex_);  ///< Shared with the request that waits.
};

}  // namespace ledger::server
