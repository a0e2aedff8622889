// The one thread that writes: takes whole groups from the queue, has them committed, answers them in order.
#include "storage/writer.h"

#include <utility>

namespace ledger::storage {
namespace {

const char* why_not(const GroupCommitter& committer) noexcept {
  switch (committer.state()) {
    case GroupCommitter::State::poisoned: return "a commit failed; a restart is needed";
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

bool Writer::turn() noexcept {
  AppendQueue::Turn turn = queue_.take();
  if (turn.tickets.empty()) {
    committer_->probe();
  } else {
    committer_->commit(turn.tickets);
    for (Ticket& ticket : turn.tickets) complete(ticket);
  }
  if (turn.closed) {
    committer_->finish();
  } else {
    committer_->checkpoint(queue_.has_tickets() ? Checkpointer::Load::busy : Checkpointer::Load::idle);
  }
  if (committer_->state() == GroupCommitter::State::poisoned && !std::exchange(told_of_poison_, true)) on_poisoned_();
  return !turn.closed;
}

}  // namespace ledger::storage
