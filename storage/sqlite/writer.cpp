// The one thread that writes: takes whole groups from the queue, has them committed, answers them in order.
#include "storage/sqlite/writer.h"

#include <chrono>
#include <utility>

namespace ledger::storage {
namespace {

/// How often the end of the service waits for those who read, each time for the busy budget, before it gives up what only they keep from being saved.
constexpr int kAttemptsToSave = 10;

const char* why_not(const GroupCommitter& committer) noexcept {
  switch (committer.state()) {
    case GroupCommitter::State::poisoned: return "it stopped writing after a failure; a restart is needed";
    case GroupCommitter::State::degraded: return committer.disk_has_room() ? "the last write failed" : "the disk is full";
    case GroupCommitter::State::healthy: return committer.disk_has_room() ? "" : "the disk is full";
  }
  return "";
}

}  // namespace

Writer::Writer(std::unique_ptr<GroupCommitter> committer, AppendQueue::Bounds bounds, std::function<void()> on_poisoned)
    : committer_(std::move(committer)), queue_(bounds), on_poisoned_(std::move(on_poisoned)) {}

Writer::~Writer() {
  close();
}

void Writer::start() {
  thread_ = std::thread([this] {
    while (turn()) {
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
  if (committer_->state() == GroupCommitter::State::degraded) queue_.request_probe();
  const std::string obstacle = why_not(*committer_);
  const AppendQueue::Size queued = queue_.size();
  return {obstacle.empty(), obstacle, committer_->last_sequence(), queued.items, queued.bytes};
}

void Writer::close() noexcept {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool Writer::is_poisoned() const noexcept {
  return committer_->state() == GroupCommitter::State::poisoned;
}

bool Writer::turn() noexcept {
  AppendQueue::Turn turn = queue_.take(committer_->idle_wait());
  if (!turn.tickets.empty()) {
    committer_->commit(turn.tickets);
    for (Ticket& ticket : turn.tickets) complete(ticket);
  }
  if (turn.probe_requested) committer_->probe();
  if (!turn.closed) {
    committer_->maintain();
    if (is_poisoned() && !told_of_poison_) committer_->finish();
    // What only this process can still reach must not end with it, so it is told only when that is on disk.
    if (!committer_->has_log_to_save()) tell_of_poison();
    return true;
  }
  committer_->finish();
  for (int i = 0; committer_->has_log_to_save() && i < kAttemptsToSave; ++i) committer_->finish();
  tell_of_poison();
  return false;
}

void Writer::tell_of_poison() {
  if (is_poisoned() && !std::exchange(told_of_poison_, true)) on_poisoned_();
}

}  // namespace ledger::storage
