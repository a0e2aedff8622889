// A sqlite3_vfs over a simulated disk: SQLite runs on it as it is, and every operation can fail, be watched, or be the last one before the dark.
//
// It keeps to what SQLite's own unix VFS promises the layers above: POSIX locks by handle, shared memory for the index of the write-ahead log,
// powersafe overwrites, and the directory synced with the first sync of a new journal or log (os_unix.c, UNIXFILE_DIRSYNC).
#pragma once

#include "tests/support/simulated_disk.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ledger::test {

enum class FileKind { database, log, journal };

enum class Operation {
  open,
  remove,
  read,
  write,
  truncate,
  sync,
  measure,      ///< The size of a file.
  lock,         ///< POSIX locks on the database.
  map_shared,   ///< The write-ahead log's index.
  lock_shared,  ///< Its locks.
  wait,         ///< For a lock that somebody else holds. Cannot fail.
};

/// One operation as SQLite asks for it.
struct Access {
  Operation operation{};
  FileKind file{};
  int connection = 0;     ///< Which open of a database, from 1; of logs and journals 0.
  bool writable = false;  ///< The connection was opened to write.
  std::size_t at = 0;     ///< write: where in the file, and how much.
  std::size_t bytes = 0;
  int shared_lock = -1;  ///< lock_shared: the first lock asked for exclusively; -1 for all else. SQLite's numbers (wal.c).
};

/// Which operation fails, and how.
struct Fault {
  Operation operation{};
  FileKind file{};
  int sqlite_code = 0;
  std::size_t after = 0;  ///< So many still succeed.
  enum class Extent { once, from_then_on } extent = Extent::from_then_on;
  enum class Effect { nothing, half } effect = Effect::nothing;  ///< What of a write is done before it fails.
};

/// Registered with SQLite under name() while it lives; every path is a name on the one disk. Thread-safe: one lock around each operation.
class SimulatedVfs {
 public:
  /// Whether somebody can do what is waited for. On one thread nobody can, so that nothing waits.
  enum class Users { one_thread, many_threads };

  /// `seed` decides what a power cut and a failed sync leave.
  explicit SimulatedVfs(std::uint64_t seed, Users users = Users::many_threads);
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;
  /// REQUIRES that every connection is closed.
  ~SimulatedVfs();

  [[nodiscard]] const std::string& name() const noexcept;

  /// The disk as it is; and another one in its place. load() REQUIRES that every connection is closed.
  [[nodiscard]] SimulatedDisk image() const;
  void load(const SimulatedDisk& image);
  /// 0 for a file that is not there.
  [[nodiscard]] std::size_t file_bytes(const std::string& path) const;

  /// One fault at a time; a new one takes the place of the old.
  void fail(const Fault& fault);
  void heal();
  /// True once the fault has struck, until heal().
  [[nodiscard]] bool has_struck() const;

  /// How many operations of a kind there were; and how many of all kinds that change the disk.
  [[nodiscard]] std::size_t count(Operation operation, FileKind file) const;
  [[nodiscard]] std::size_t changes() const;

  /// The end comes within the change number `change` (from 0, as changes() counts): it reaches the cache, and from then on everything fails.
  void end_at(std::size_t change);
  [[nodiscard]] bool has_ended() const;
  /// Goes on after the end, or brings it about now: connections of before are dead, their locks gone. A killed process leaves the cache as it is; a
  /// power cut leaves what had been synced, and of the rest what chance keeps.
  void kill_process();
  void cut_power();

  /// Called before each operation, without the lock, on the thread that asks; it may itself use other connections. Null: nobody watches.
  void watch(std::function<void(const Access&)> watcher);

 private:
  friend struct SimulatedVfsMethods;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::test
