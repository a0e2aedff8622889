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
  /// Operators see these by name.
  enum class State {
    healthy,   ///< The last write succeeded.
    degraded,  ///< The last write failed and left nothing behind. The next one may succeed.
    poisoned,  ///< The content of the disk is unknown. Only a restart helps, because it reads the disk again.
  };

  Committer() = default;
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  virtual ~Committer() = default;

  /// Sets the outcome of every ticket. On return each ticket whose outcome is a success is on disk and synced.
  virtual void commit(std::span<Ticket> batch) noexcept = 0;

  /// Called after each commit(), and when nothing has come for idle_wait(): does what is due, such as a checkpoint.
  virtual void maintain() noexcept = 0;

  /// How long the writer may wait for tickets before maintain() has something to do; nullopt: for ever.
  [[nodiscard]] virtual std::optional<std::chrono::milliseconds> idle_wait() const noexcept = 0;

  /// If the state is degraded: tries to heal it by a real commit that changes nothing.
  virtual void probe() noexcept = 0;

  /// Puts everything in order for the end of the process. No commit may follow. When must_finish_again() is true afterwards, call it again.
  virtual void finish() noexcept = 0;

  /// Whether finish() could not save events that only this process can save, because a reader is in the way.
  [[nodiscard]] virtual bool must_finish_again() const noexcept = 0;

  /// Any thread.
  [[nodiscard]] virtual State state() const noexcept = 0;
  /// Whether the disk has room for more events. May ask the file system. Any thread.
  [[nodiscard]] virtual bool disk_has_room() const noexcept = 0;
  /// The last sequence on disk. Any thread.
  [[nodiscard]] virtual Sequence last_sequence() const noexcept = 0;
};

}  // namespace ledger::storage
