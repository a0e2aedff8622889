// The one thread that writes: takes whole groups from the queue, has them committed, answers them in order.
#pragma once

#include "storage/append_queue.h"
#include "storage/group_committer.h"

#include <functional>
#include <memory>
#include <thread>

namespace ledger::storage {

/// Runs a GroupCommitter on a thread of its own. append() and health questions come from any thread; callbacks are called on the writer's thread,
/// after the commit that their tickets were part of, in the order in which they were queued.
class Writer {
 public:
  /// `on_poisoned` is called once, on the writer's thread, when the state of the disk has become unknown: the process should end and start anew.
  Writer(std::unique_ptr<GroupCommitter> committer, AppendQueue::Bounds bounds, std::function<void()> on_poisoned);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// As close().
  ~Writer();

  /// Queues the ticket, or completes it at once with the reason why not.
  void submit(Ticket ticket);

  /// As EventStore::health().
  [[nodiscard]] StoreHealth health();

  /// Refuses new tickets, commits and answers what is queued, checkpoints, ends the thread. Later calls do nothing. Not from a callback.
  void close() noexcept;

 private:
  void run() noexcept;

  std::unique_ptr<GroupCommitter> committer_;  // The writer's thread; its state() and last_sequence() are anybody's.
  AppendQueue queue_;
  std::function<void()> on_poisoned_;
  std::thread thread_;
};

}  // namespace ledger::storage
