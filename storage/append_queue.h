// The bounded queue between the threads that append and the one thread that writes.
#pragma once

#include "storage/ticket.h"
#include "sync/mutex.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace ledger::storage {

/// Many threads push, one thread takes. It takes everything that is queued at once: during a commit the next batch collects by itself, without a
/// timer. The queue is bounded in tickets and in bytes of body. At the bound a push is refused at once, so the sender knows and repeats it.
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
  /// What the writer gets.
  struct Batch {
    std::vector<Ticket> tickets;  ///< In the order in which they were pushed. Can be empty.
    bool closed = false;          ///< No tickets will follow.
  };

  explicit AppendQueue(Bounds bounds) noexcept : bounds_(bounds) {}

  /// Takes the ticket, or returns why not and leaves the ticket unchanged. Errors: overloaded ("queue-full"), unavailable ("closing"). An empty queue
  /// takes a body of more than bytes_max: the queue does not limit the size of one body.
  [[nodiscard]] std::optional<Error> push(Ticket& ticket);

  /// Refuses pushes from now on. Queued tickets can still be taken.
  void close();

  /// Blocks until there are tickets or the queue is closed, but no longer than `timeout` if there is one.
  [[nodiscard]] Batch take(std::optional<std::chrono::milliseconds> timeout = std::nullopt);

  [[nodiscard]] Size size() const;

 private:
  [[nodiscard]] bool is_ready() const LEDGER_REQUIRES(mutex_) { return !tickets_.empty() || closed_; }

  const Bounds bounds_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Ticket> tickets_ LEDGER_GUARDED_BY(mutex_);
  std::size_t bytes_ LEDGER_GUARDED_BY(mutex_) = 0;
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
};

}  // namespace ledger::storage
