// One wake-up of the loop for several results.
#include "server/http/mailbox.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace ledger::server {

void Mailbox::deliver(std::shared_ptr<Waiting> waiting) noexcept {
  const MutexLock lock(mutex_);
  if (closed_) return;
  arrived_.push_back(std::move(waiting));
  // Posted under the lock, so that close() cannot return, and the loop cannot end, during the post.
  if (arrived_.size() == 1) boost::asio::post(loop_, [box = shared_from_this()] { box->deliver_all(); });
}

void Mailbox::close() noexcept {
  std::vector<std::shared_ptr<Waiting>> dropped;
  const MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(arrived_);
}

void Mailbox::deliver_all() noexcept {
  std::vector<std::shared_ptr<Waiting>> batch;
  {
    const MutexLock lock(mutex_);
    batch.swap(arrived_);
  }
  for (const std::shared_ptr<Waiting>& waiting : batch) {
    if (!waiting->arrive()) late_results_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace ledger::server
