// The bounded queue between everybody who appends and the one thread that writes.
#pragma once

#include "storage/ticket.h"
#include "sync/mutex.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace ledger::storage {

/// Many threads push, one takes. The taker gets all that is there at once: while it commits one group, the next forms by itself, without a timer.
/// Bounded in items and in bytes of body; at the bound a push is refused at once and nothing is lost, because the sender is told.
class AppendQueue {
 public:
  struct Bounds {
    std::size_t items_max = 8192;
    std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
  };
  struct Size {
    std::size_t items = 0;
    std::size_t bytes = 0;
  };
  /// What the writer is asked to do next.
  struct Turn {
    std::vector<Ticket> tickets;   ///< Empty when woken by request_probe(), and when nothing came.
    bool probe_requested = false;  ///< By request_probe(), since the last take().
    bool closed = false;           ///< No more will come behind these.
  };

  explicit AppendQueue(Bounds bounds) noexcept : bounds_(bounds) {}

  /// Takes the ticket, or returns why not and leaves it untouched. Errors: overloaded ("queue-full"), unavailable ("closing"). A single body over
  /// bytes_max still enters an empty queue: the limit of one body is not the queue's business.
  [[nodiscard]] std::optional<Error> push(Ticket& ticket);

  /// Wakes the taker with nothing to do but look after itself.
  void request_probe();

  /// Refuses pushes from now on. What is queued is still taken.
  void close();

  /// Blocks until there is something: tickets, a probe, or the end; but no longer than `patience`, if that is given.
  [[nodiscard]] Turn take(std::optional<std::chrono::milliseconds> patience = std::nullopt);

  [[nodiscard]] Size size() const;

 private:
  [[nodiscard]] bool has_something() const LEDGER_REQUIRES(mutex_) { return !tickets_.empty() || probe_requested_ || closed_; }

  const Bounds bounds_;
  mutable Mutex mutex_;
  CondVar something_;
  std::vector<Ticket> tickets_ LEDGER_GUARDED_BY(mutex_);
  std::size_t bytes_ LEDGER_GUARDED_BY(mutex_) = 0;
  bool probe_requested_ LEDGER_GUARDED_BY(mutex_) = false;
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
};

}  // namespace ledger::storage
