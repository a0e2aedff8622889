// What the writer's thread needs of a store: commits, and what keeps the store in order between them.
#pragma once

#include "domain/event_store.h"
#include "storage/ticket.h"

#include <chrono>
#include <optional>
#include <span>

namespace ledger::storage {

/// Commits batches of tickets. The methods are called by one thread, always the same one, unless they say otherwise.
class Committer {
 public:
  Committer() = default;
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  virtual ~Committer() = default;

  /// Sets the outcome of every ticket. On return each ticket whose outcome is a success is on disk and synced.
  virtual void commit(std::span<Ticket> batch) noexcept = 0;

  /// Called after each commit(), and when nothing has come for idle_wait(): does what is due, such as a checkpoint, or an attempt to write again
  /// after a write has failed.
  virtual void maintain() noexcept = 0;

  /// How long the writer may wait for tickets before maintain() has something to do; nullopt: for ever.
  [[nodiscard]] virtual std::optional<std::chrono::milliseconds> idle_wait() const noexcept = 0;

  /// Puts everything in order for the end of the process. No commit may follow. False when events that only this process can save could not be saved,
  /// because a reader is in the way: call it again.
  [[nodiscard]] virtual bool finish() noexcept = 0;

  /// Whether the content of the disk is unknown. Only a restart helps then, because it reads the disk again.
  [[nodiscard]] virtual bool is_poisoned() const noexcept = 0;

  /// All but the queue. May ask the file system. Any thread.
  [[nodiscard]] virtual StoreHealth health() const = 0;
};

}  // namespace ledger::storage
