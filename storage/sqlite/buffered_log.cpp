// A sqlite3_vfs that writes the frames of a transaction to the write-ahead log in one piece.
#include "storage/sqlite/buffered_log.h"

#include "storage/sqlite/connection.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

namespace ledger::storage {
namespace {

/// SQLite's unix vfs writes at most 128 KiB less one byte at a time (os_unix.c, seekAndWriteFd), because it was made for pages of at most 64 KiB.
constexpr sqlite3_int64 kBytesMax = sqlite3_int64{127} * 1024;

/// At the start of the memory that SQLite provides for a file; the file of the vfs below follows.
struct LogFile {
  sqlite3_file head;  ///< What SQLite sees. Must be first.
  sqlite3_file* below;
  std::unique_ptr<std::byte[]> kept;
  sqlite3_int64 kept_at;
  sqlite3_int64 kept_bytes;
};

constexpr int kLogFileBytes = (sizeof(LogFile) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

LogFile& log_of(sqlite3_file* file) noexcept {
  return *reinterpret_cast<LogFile*>(file);
}

int flush(LogFile& log) noexcept {
  if (log.kept_bytes == 0) return SQLITE_OK;
  const auto bytes = static_cast<int>(std::exchange(log.kept_bytes, 0));
  return log.below->pMethods->xWrite(log.below, log.kept.get(), bytes, log.kept_at);
}

int on_write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 offset) noexcept {
  LogFile& log = log_of(file);
  if (offset != log.kept_at + log.kept_bytes || log.kept_bytes + bytes > kBytesMax) {
    if (const int code = flush(log); code != SQLITE_OK) return code;
    log.kept_at = offset;
  }
  if (bytes > kBytesMax) return log.below->pMethods->xWrite(log.below, data, bytes, offset);
  std::memcpy(log.kept.get() + log.kept_bytes, data, static_cast<std::size_t>(bytes));
  log.kept_bytes += bytes;
  return SQLITE_OK;
}

int on_close(sqlite3_file* file) noexcept {
  LogFile& log = log_of(file);
  const int written = flush(log);
  const int closed = log.below->pMethods->xClose(log.below);
  log.~LogFile();
  return written != SQLITE_OK ? written : closed;
}

/// Flushes, then calls the method of the file below.
template <auto Method, class... Arguments>
int after_flush(sqlite3_file* file, Arguments... arguments) noexcept {
  LogFile& log = log_of(file);
  if (const int code = flush(log); code != SQLITE_OK) return code;
  return (log.below->pMethods->*Method)(log.below, arguments...);
}

/// Reports a full disk only for a write: then the last frame of a transaction is not complete. After a failed sync nothing is known.
int on_sync(sqlite3_file* file, int flags) noexcept {
  LogFile& log = log_of(file);
  if (const int code = flush(log); code != SQLITE_OK) return code;
  const int code = log.below->pMethods->xSync(log.below, flags);
  return code == SQLITE_FULL ? SQLITE_IOERR_FSYNC : code;
}

int on_sector_size(sqlite3_file* file) noexcept {
  return log_of(file).below->pMethods->xSectorSize(log_of(file).below);
}

int on_device_characteristics(sqlite3_file* file) noexcept {
  return log_of(file).below->pMethods->xDeviceCharacteristics(log_of(file).below);
}

using Methods = sqlite3_io_methods;
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,  // Shared memory and memory maps are for the database's file alone.
    .xClose = on_close,
    .xRead = after_flush<&Methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = on_write,
    .xTruncate = after_flush<&Methods::xTruncate, sqlite3_int64>,
    .xSync = on_sync,
    .xFileSize = after_flush<&Methods::xFileSize, sqlite3_int64*>,
    .xLock = after_flush<&Methods::xLock, int>,
    .xUnlock = after_flush<&Methods::xUnlock, int>,
    .xCheckReservedLock = after_flush<&Methods::xCheckReservedLock, int*>,
    .xFileControl = after_flush<&Methods::xFileControl, int, void*>,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_device_characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs& base_of(const sqlite3_vfs* vfs) noexcept {
  return static_cast<const BufferedLog*>(vfs->pAppData)->base();
}

int on_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) noexcept {
  sqlite3_vfs& base = base_of(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return base.xOpen(&base, name, file, flags, flags_out);
  file->pMethods = nullptr;  // SQLite closes the file only if this is set.
  std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[kBytesMax]);
  if (memory == nullptr) return SQLITE_NOMEM;
  auto* below = reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + kLogFileBytes);
  const int code = base.xOpen(&base, name, below, flags, flags_out);
  if (code != SQLITE_OK) {
    if (below->pMethods != nullptr) below->pMethods->xClose(below);
    return code;
  }
  new (file) LogFile{{&kMethods}, below, std::move(memory), 0, 0};
  return SQLITE_OK;
}

sqlite3_vfs& find(const std::string& base) {
  prepare_sqlite();
  sqlite3_vfs* const found = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (found == nullptr) throw std::runtime_error("there is no sqlite3_vfs " + base);
  return *found;
}

/// Calls the method of the vfs below, with that vfs as its argument.
template <auto Method, class... Arguments>
auto of_base(sqlite3_vfs* vfs, Arguments... arguments) noexcept {
  return (base_of(vfs).*Method)(&base_of(vfs), arguments...);
}

}  // namespace

BufferedLog::BufferedLog(const std::string& base)
    : base_(find(base)), name_(std::string(base_.zName) + "-with-buffered-log-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))), vfs_() {
  using Vfs = sqlite3_vfs;
  vfs_.iVersion = std::min(base_.iVersion, 2);
  vfs_.szOsFile = kLogFileBytes + base_.szOsFile;
  vfs_.mxPathname = base_.mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = on_open;
  vfs_.xDelete = of_base<&Vfs::xDelete, const char*, int>;
  vfs_.xAccess = of_base<&Vfs::xAccess, const char*, int, int*>;
  vfs_.xFullPathname = of_base<&Vfs::xFullPathname, const char*, int, char*>;
  vfs_.xRandomness = of_base<&Vfs::xRandomness, int, char*>;
  vfs_.xSleep = of_base<&Vfs::xSleep, int>;
  vfs_.xCurrentTime = of_base<&Vfs::xCurrentTime, double*>;
  vfs_.xGetLastError = of_base<&Vfs::xGetLastError, int, char*>;
  vfs_.xCurrentTimeInt64 = of_base<&Vfs::xCurrentTimeInt64, sqlite3_int64*>;
  if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("SQLite does not take a sqlite3_vfs");
}

BufferedLog::~BufferedLog() {
  sqlite3_vfs_unregister(&vfs_);
}

}  // namespace ledger::storage
