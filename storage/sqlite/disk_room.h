// Whether the disk has room for more events, and for the next checkpoint.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace ledger::storage {

/// The free bytes of the file system of `path` for a process that is not root; nullopt when statvfs(2) fails.
[[nodiscard]] std::optional<std::uintmax_t> free_bytes_at(const std::string& path) noexcept;

/// Compares the free space with what the database will need. What the next checkpoint adds to the database file counts as used: it is the number of
/// pages of the database, less the length of the file, as last measured. When the free space is not known, there is room: the write itself will tell.
class DiskRoom {
 public:
  using FreeBytes = std::optional<std::uintmax_t> (*)(const std::string& path) noexcept;

  /// `path` is that of the database, which must outlive the object. A low-water mark of 0 turns every check off. Any thread may call `free_bytes`.
  /// Throws SQLite::Exception.
  DiskRoom(SQLite::Database& database, std::string path, std::uintmax_t low_water_mark, FreeBytes free_bytes);

  /// Measures what the next checkpoint adds to the file. After an error the last value stays. The thread of the connection; all else may be called
  /// from any thread.
  void measure() noexcept;

  /// Whether the low-water mark stays free after the next checkpoint.
  [[nodiscard]] bool has_room_for_events() const noexcept { return has_room_for(low_water_mark_); }
  /// Whether the next checkpoint fits and leaves 4 MiB, because the file system needs blocks for itself.
  [[nodiscard]] bool has_room_for_checkpoint() const noexcept { return has_room_for(std::uintmax_t{4} * 1024 * 1024); }
  /// Whether the last checkpoint fits at all. It gives back the room of the log, which is longer than what it adds.
  [[nodiscard]] bool has_room_to_finish() const noexcept { return has_room_for(0); }

 private:
  [[nodiscard]] bool has_room_for(std::uintmax_t bytes) const noexcept;

  SQLite::Database& database_;
  const std::string path_;
  const std::uintmax_t low_water_mark_;
  const FreeBytes free_bytes_;
  SQLite::Statement page_count_;
  const std::int64_t page_bytes_;
  std::atomic<std::uintmax_t> growth_bytes_ = 0;
};

}  // namespace ledger::storage
