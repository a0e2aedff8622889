// The one thread that writes: takes whole batches from the queue, has them committed, and answers them in order.
#pragma once

#include "storage/append_queue.h"
#include "storage/committer.h"

#include <functional>
#include <memory>
#include <thread>

namespace ledger::storage {

/// Runs a Committer. submit() and health() may be called from any thread. Callbacks are called on the writer's thread, after the commit of their
/// ticket, in the order in which the tickets were queued. After start() the writer has its own thread. Without start(), the thread that calls
/// run_once() is the writer's thread, so that a test decides what happens when.
class Writer {
 public:
  /// `on_poisoned` is called once, on the writer's thread, when the store is poisoned and all events are saved that exist only in files which this
  /// process has open. The process should then end and be restarted.
  Writer(std::unique_ptr<Committer> committer, AppendQueue::Bounds bounds, std::function<void()> on_poisoned);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// As close().
  ~Writer();

  /// Starts a thread that calls run_once() until close(). Call it once.
  void start();

  /// Waits for tickets, the end, or until maintenance is due; commits and answers the tickets; maintains the store. After close(), the call
  /// that takes the last tickets also finishes the store and returns false. Do not call it again then.
  [[nodiscard]] bool run_once() noexcept;

  /// Queues the ticket, or completes it at once with the reason for refusing it.
  void submit(Ticket ticket);

  /// As EventStore::health().
  [[nodiscard]] StoreHealth health();

  /// Refuses new tickets. The thread, if there is one, commits and answers what is queued, finishes the store, and ends. Later calls do nothing. Not
  /// from a callback.
  void close() noexcept;

 private:
  void report_poison();

  std::unique_ptr<Committer> committer_;  // The writer's thread, but for what Committer allows to any.
  AppendQueue queue_;
  std::function<void()> on_poisoned_;
  bool poison_is_reported_ = false;  // The writer's thread.
  std::thread thread_;
};

}  // namespace ledger::storage
