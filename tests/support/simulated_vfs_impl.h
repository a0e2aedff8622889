// What a simulated vfs knows, for the two files that make it up: its class, and the functions that SQLite calls.
#pragma once

#include "tests/support/simulated_locks.h"
#include "tests/support/simulated_vfs.h"

#include <sqlite3.h>

#include <array>
#include <mutex>
#include <optional>

namespace ledger::test {

/// Whether to go on with an operation, and what to say.
struct Verdict {
  int code = SQLITE_OK;
  bool half = false;      ///< A write: do the first half, then fail.
  bool last_act = false;  ///< Do it, then fail: the end has come.
};

struct SimulatedVfs::Impl {
  static constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::wait) + 1;
  static constexpr std::size_t kFileKinds = 3;

  Impl(std::uint64_t seed, Users its_users) : users(its_users), random(seed) {}

  /// Counts an operation, and says what becomes of it. REQUIRES the lock.
  Verdict judge(const Access& access, std::uint64_t handle_generation);
  /// Whoever has a file open is dead from now on. REQUIRES the lock.
  void next_generation();
  static std::size_t index(Operation operation) { return static_cast<std::size_t>(operation); }

  const Users users;
  sqlite3_vfs vfs{};
  std::string name;

  mutable std::mutex mutex;
  // Guarded by mutex:
  Random random;
  SimulatedDisk disk;
  SimulatedLocks locks;
  std::optional<Fault> fault;
  bool struck = false;
  std::array<std::array<std::size_t, kFileKinds>, kOperations> counts{};
  std::size_t changes = 0;
  std::optional<std::size_t> end_at;
  bool ended = false;
  std::uint64_t generation = 0;
  int connections = 0;
  std::function<void(const Access&)> watcher;
};

/// Gives `vfs` the functions that SQLite calls.
void install_methods(sqlite3_vfs& vfs) noexcept;

}  // namespace ledger::test
