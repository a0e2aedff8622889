// The one thread that writes: takes whole groups from the queue, has them committed, answers them in order.
#pragma once

#include "storage/append_queue.h"
#include "storage/sqlite/group_committer.h"

#include <functional>
#include <memory>
#include <thread>

namespace ledger::storage {

/// Runs a GroupCommitter. submit() and health() come from any thread; callbacks are called on the writer's thread, after the commit that their
/// tickets were part of, in the order in which they were queued. The thread is the writer's own after start(); without it, whoever calls turn() is
/// it, always the same one: so a test decides what happens when.
class Writer {
 public:
  /// `on_poisoned` is called once, on the writer's thread, when nothing can be written any more and nothing is left that only this process could
  /// save, or it cannot be saved: the process should end and start anew.
  Writer(std::unique_ptr<GroupCommitter> committer, AppendQueue::Bounds bounds, std::function<void()> on_poisoned);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// As close().
  ~Writer();

  /// Gives the writer a thread that takes turns until close(). Once.
  void start();

  /// One turn: waits for tickets, a probe, the end, or until maintenance is due; commits and answers the tickets; maintains the store. After close()
  /// the turn that finds the end checkpoints all and returns false: there is no further one.
  [[nodiscard]] bool turn() noexcept;

  /// Queues the ticket, or completes it at once with the reason why not.
  void submit(Ticket ticket);

  /// As EventStore::health().
  [[nodiscard]] StoreHealth health();

  /// Refuses new tickets; the thread, where there is one, commits and answers what is queued, checkpoints, and ends. Later calls do nothing. Not from
  /// a callback.
  void close() noexcept;

 private:
  [[nodiscard]] bool is_poisoned() const noexcept;
  void tell_of_poison();

  std::unique_ptr<GroupCommitter> committer_;  // The writer's thread; what says so in its header is anybody's.
  AppendQueue queue_;
  std::function<void()> on_poisoned_;
  bool told_of_poison_ = false;  // The writer's thread.
  std::thread thread_;
};

}  // namespace ledger::storage
