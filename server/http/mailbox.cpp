// One wake-up for a whole batch of results.
#include "server/http/mailbox.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace ledger::server {

void Mailbox::deliver(std::shared_ptr<Waiting> waiting) noexcept {
  const MutexLock lock(mutex_);
  if (closed_) return;
  arrived_.push_back(std::move(waiting));
  // Posting under the lock keeps close() from returning, and the loop from ending, in the middle of it.
  if (arrived_.size() == 1) boost::asio::post(loop_, [box = shared_from_this()] { box->hand_out(); });
}

void Mailbox::close() noexcept {
  std::vector<std::shared_ptr<Waiting>> dropped;
  const MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(arrived_);
}

void Mailbox::hand_out() noexcept {
  std::vector<std::shared_ptr<Waiting>> batch;
  {
    const MutexLock lock(mutex_);
    batch.swap(arrived_);
  }
  for (const std::shared_ptr<Waiting>& waiting : batch) {
    if (!waiting->arrive()) Counters::count(counters_.late_results);
  }
}

}  // namespace ledger::server
