// The one thread that writes: takes whole batches from the queue, has them committed, and answers them in order.
#include "storage/writer.h"

#include <utility>

namespace ledger::storage {
namespace {

/// How often the end of the service tries to save what a reader keeps from being saved. Each attempt waits for the busy timeout of the connection.
constexpr int kFinishAttempts = 10;

const char* why_not(const Committer& committer) noexcept {
  switch (committer.state()) {
    case Committer::State::poisoned: return "it stopped writing after a failure; a restart is needed";
    case Committer::State::degraded: return committer.disk_has_room() ? "the last write failed" : "the disk is full";
    case Committer::State::healthy: return committer.disk_has_room() ? "" : "the disk is full";
  }
  return "";
}

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
  if (committer_->state() == Committer::State::degraded) queue_.request_probe();
  const std::string obstacle = why_not(*committer_);
  const AppendQueue::Size queued = queue_.size();
  return {obstacle.empty(), obstacle, committer_->last_sequence(), queued.items, queued.bytes};
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
  if (batch.probe_requested) committer_->probe();
  if (!batch.closed) {
    committer_->maintain();
    if (is_poisoned() && !poison_is_reported_) committer_->finish();
    // Events that only this process can save are saved before it is asked to end.
    if (!committer_->must_finish_again()) report_poison();
    return true;
  }
  committer_->finish();
  for (int i = 0; committer_->must_finish_again() && i < kFinishAttempts; ++i) committer_->finish();
  report_poison();
  return false;
}

void Writer::report_poison() {
  if (is_poisoned() && !std::exchange(poison_is_reported_, true)) on_poisoned_();
}

}  // namespace ledger::storage
