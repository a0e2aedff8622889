// Keeping the list, and closing from its front.
#include "server/http/idle_connections.h"

namespace ledger::server {

bool IdleConnections::close_longest() noexcept {
  for (const Entry* const entry : entries_) {
    if (entry->cancel()) return true;
  }
  return false;
}

void IdleConnections::close_all() noexcept {
  for (const Entry* const entry : entries_) entry->cancel();
}

void IdleConnections::update_oldest() noexcept {
  oldest_.store(entries_.empty() ? TimePoint::max() : entries_.front()->since_, std::memory_order_relaxed);
}

IdleConnections::Entry::Entry(IdleConnections& list, StreamSocket& socket, TimePoint since)
    : list_(list), socket_(socket), since_(since), place_(list.entries_.insert(list.entries_.end(), this)) {
  list_.update_oldest();
}

bool IdleConnections::Entry::cancel() const noexcept {
  boost::system::error_code failed;
  if (socket_.available(failed) != 0) return false;
  // Not close(): a read that has completed, but whose coroutine has not run yet, holds the first bytes of a request.
  socket_.cancel(failed);
  return true;
}

IdleConnections::Entry::~Entry() {
  list_.entries_.erase(place_);
  list_.update_oldest();
}

}  // namespace ledger::server
