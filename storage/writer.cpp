// The one thread that writes: takes whole batches from the queue, has them committed, and answers them in order.
#include "storage/writer.h"

#include <utility>

namespace ledger::storage {
namespace {

/// How often the end of the service tries to save what a reader keeps from being saved. Each attempt waits for the busy timeout of the connection.
constexpr int kFinishAttempts = 10;

}  // namespace

Writer::Writer(std::unique_ptr<Committer> committer, AppendQueue::Bounds bounds, std::function<void()> on_poisoned)
    : committer_(std::move(committer)), queue_(bounds), on_poisoned_(std::move(on_poisoned)) {}

Writer::~Writer() {
  close();
}

void Writer::start() {
  thread_ = std::thread([this] {
    while (run_once()) {
    }
  });
}

void Writer::submit(Ticket ticket) {
  if (const auto refused = queue_.push(ticket)) {
    fail(ticket, *refused);
    complete(ticket);
  }
}

StoreHealth Writer::health() {
  StoreHealth health = committer_->health();
  const AppendQueue::Size queued = queue_.size();
  health.queued_items = queued.items;
  health.queued_bytes = queued.bytes;
  return health;
}

void Writer::close() noexcept {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool Writer::run_once() noexcept {
  AppendQueue::Batch batch = queue_.take(committer_->idle_wait());
  if (!batch.tickets.empty()) {
    committer_->commit(batch.tickets);
    for (Ticket& ticket : batch.tickets) complete(ticket);
  }
  if (!batch.closed) {
    committer_->maintain();
    // Events that only this process can save are saved before it is asked to end.
    if (committer_->is_poisoned() && !poison_is_reported_ && committer_->finish()) report_poison();
    return true;
  }
  for (int i = 0; !committer_->finish() && i < kFinishAttempts; ++i) {
  }
  if (committer_->is_poisoned() && !poison_is_reported_) report_poison();
  return false;
}

void Writer::report_poison() {
  poison_is_reported_ = true;
  on_poisoned_();
}

}  // namespace ledger::storage
