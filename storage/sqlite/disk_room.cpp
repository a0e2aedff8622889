// Whether the disk has room for more events, and for the next checkpoint.
#include "storage/sqlite/disk_room.h"

#include "storage/sqlite/statement.h"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace ledger::storage {

std::optional<std::uintmax_t> free_bytes_at(const std::string& path) noexcept {
  struct statvfs found {};
  if (::statvfs(path.c_str(), &found) != 0) return std::nullopt;
  return std::uintmax_t{found.f_bavail} * found.f_frsize;
}

DiskRoom::DiskRoom(SQLite::Database& database, std::string path, std::uintmax_t low_water_mark, FreeBytes free_bytes)
    : database_(database),
      path_(std::move(path)),
      low_water_mark_(low_water_mark),
      free_bytes_(free_bytes),
      page_count_(database, "PRAGMA page_count"),
      page_bytes_(database.execAndGet("PRAGMA page_size").getInt64()) {
  measure();
}

void DiskRoom::measure() noexcept {
  if (low_water_mark_ == 0) return;
  try {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(database_.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    sqlite3_int64 bytes = 0;
    Query row(page_count_);
    if (!row.next() || file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return;
    growth_bytes_.store(static_cast<std::uintmax_t>(std::max<std::int64_t>(0, row.integer(0) * page_bytes_ - bytes)), std::memory_order_relaxed);
  } catch (const std::exception&) {
    // The last value is near enough. If the error matters, the next commit reports it.
  }
}

bool DiskRoom::has_room_for(std::uintmax_t bytes) const noexcept {
  if (low_water_mark_ == 0) return true;
  const std::optional<std::uintmax_t> free = free_bytes_(path_);
  const std::uintmax_t growth = growth_bytes_.load(std::memory_order_relaxed);
  return !free || (*free >= growth && *free - growth >= bytes);
}

}  // namespace ledger::storage
