// The bounded queue between everybody who appends and the one thread that writes.
#include "storage/append_queue.h"

#include <utility>

namespace ledger::storage {

std::optional<Error> AppendQueue::push(Ticket& ticket) {
  const std::size_t bytes = bytes_of(ticket);
  {
    const MutexLock lock(mutex_);
    if (closed_) return Error{Errc::unavailable, "closing", "The ledger is shutting down."};
    if (tickets_.size() >= bounds_.items_max || (!tickets_.empty() && bytes_ + bytes > bounds_.bytes_max)) {
      return Error{Errc::overloaded, "queue-full", "More deliveries are waiting for the disk than the ledger queues."};
    }
    tickets_.push_back(std::move(ticket));
    bytes_ += bytes;
  }
  something_.notify_one();
  return std::nullopt;
}

void AppendQueue::request_probe() {
  {
    const MutexLock lock(mutex_);
    probe_requested_ = true;
  }
  something_.notify_one();
}

void AppendQueue::close() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  something_.notify_one();
}

AppendQueue::Turn AppendQueue::take(std::optional<std::chrono::milliseconds> patience) {
  MutexLock lock(mutex_);
  if (patience) {
    const auto deadline = std::chrono::steady_clock::now() + *patience;
    while (!has_something() && something_.wait_until(lock, deadline)) {
    }
  } else {
    while (!has_something()) something_.wait(lock);
  }
  Turn turn;
  turn.tickets.swap(tickets_);
  turn.closed = closed_;
  bytes_ = 0;
  turn.probe_requested = std::exchange(probe_requested_, false);
  return turn;
}

AppendQueue::Size AppendQueue::size() const {
  const MutexLock lock(mutex_);
  return {tickets_.size(), bytes_};
}

}  // namespace ledger::storage
