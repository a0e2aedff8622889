// The locks and the shared memory of a simulated file, by SQLite's rules: what many handles of one file share while they are open.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

namespace ledger::test {

/// Files and their handles are known by address. Methods return SQLITE_OK or SQLITE_BUSY. Not thread-safe.
class SimulatedLocks {
 public:
  using FileId = const void*;
  using HandleId = const void*;

  /// Levels are SQLite's: SHARED 1, RESERVED 2, EXCLUSIVE 4 (PENDING, 3, is held while waiting for it). https://sqlite.org/lockingv3.html
  [[nodiscard]] int lock(FileId file, HandleId handle, int level);
  void unlock(FileId file, HandleId handle, int level);
  [[nodiscard]] bool is_reserved(FileId file) const;

  /// Region `region` of the shared memory; null when it is not there and `extend` is false. The memory lasts as long as anybody has it mapped, as
  /// after a crash SQLite truncates what is left of it.
  [[nodiscard]] void volatile* map(FileId file, HandleId handle, std::size_t region, std::size_t bytes, bool extend);
  void unmap(FileId file, HandleId handle);
  [[nodiscard]] int lock_shared(FileId file, HandleId handle, int offset, int count, bool exclusive);
  void unlock_shared(FileId file, HandleId handle, int offset, int count);

  /// The handle is closed: all that it held is free.
  void forget(HandleId handle);
  /// Everybody is dead: locks are free. The memory that the dead have mapped stays until this object goes, for they may still look at it.
  void clear();

 private:
  static constexpr std::size_t kSlots = 8;  // SQLITE_SHM_NLOCK
  struct Holder {
    int level = 0;
    bool maps = false;
    std::array<int, kSlots> slots{};  ///< 0 free, 1 shared, 2 exclusive.
  };
  struct File {
    std::map<HandleId, Holder> holders;
    std::vector<std::unique_ptr<std::byte[]>> regions;
  };

  std::map<FileId, File> files_;
  std::vector<std::unique_ptr<std::byte[]>> retired_;
};

}  // namespace ledger::test
