// The bounded queue between the threads that append and the one thread that writes.
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
  changed_.notify_one();
  return std::nullopt;
}

void AppendQueue::close() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

AppendQueue::Batch AppendQueue::take(std::optional<std::chrono::milliseconds> timeout) {
  MutexLock lock(mutex_);
  if (timeout) {
    const auto deadline = std::chrono::steady_clock::now() + *timeout;
    while (!is_ready() && changed_.wait_until(lock, deadline)) {
    }
  } else {
    while (!is_ready()) changed_.wait(lock);
  }
  Batch batch;
  batch.tickets.swap(tickets_);
  batch.closed = closed_;
  bytes_ = 0;
  return batch;
}

AppendQueue::Size AppendQueue::size() const {
  const MutexLock lock(mutex_);
  return {tickets_.size(), bytes_};
}

}  // namespace ledger::storage
