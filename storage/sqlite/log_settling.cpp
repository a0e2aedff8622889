// Makes the write-ahead log durable before the first read after a crash.
#include "storage/sqlite/log_settling.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace ledger::storage {
namespace {

// https://www.sqlite.org/fileformat2.html#walformat
constexpr sqlite3_int64 kLogHeaderBytes = 32;
constexpr std::size_t kPageSizeAt = 8;
constexpr sqlite3_int64 kFrameHeaderBytes = 24;
constexpr sqlite3_int64 kPageBytesMax = 65'536;

// https://www.sqlite.org/walformat.html: the first region of the log's index, the number of frames that were copied ("nBackfill") in it, and the lock
// that protects this number.
constexpr int kIndexRegionBytes = 32'768;
constexpr std::size_t kBackfillAt = 96;
constexpr int kCheckpointLock = 1;

void require(int code, const std::string& log) {
  if (code != SQLITE_OK) throw SQLite::Exception(log + ": the write-ahead log cannot be settled: " + sqlite3_errstr(code), code);
}

/// The log, opened as SQLite would open it, so that the first sync also syncs the directory.
class LogFile {
 public:
  LogFile(sqlite3_vfs& vfs, const char* name) : memory_(static_cast<std::size_t>(vfs.szOsFile)), name_(name) {
    const int code = vfs.xOpen(&vfs, name, file(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL, nullptr);
    if (code != SQLITE_OK) close();
    require(code, name_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() { close(); }

  /// Writes the header and each frame separately. A durable frame shares its last sector with the next frame, and a power cut during a write can
  /// damage everything that the write covers. So no write covers two frames; SQLite itself relies on no more.
  void write_again() {
    sqlite3_int64 size = 0;
    require(file()->pMethods->xFileSize(file(), &size), name_);
    if (size == 0) return;
    const sqlite3_int64 header_bytes = std::min(size, kLogHeaderBytes);
    write_again(0, header_bytes);
    const sqlite3_int64 frame_bytes = kFrameHeaderBytes + page_bytes();
    for (sqlite3_int64 at = header_bytes; at < size; at += frame_bytes) write_again(at, std::min(size - at, frame_bytes));
    require(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL), name_);
  }

 private:
  void write_again(sqlite3_int64 at, sqlite3_int64 bytes) {
    require(file()->pMethods->xRead(file(), piece_.data(), static_cast<int>(bytes), at), name_);
    require(file()->pMethods->xWrite(file(), piece_.data(), static_cast<int>(bytes), at), name_);
  }
  /// From the header, which was read last. If it is not valid, SQLite ignores all frames, and any size will do.
  [[nodiscard]] sqlite3_int64 page_bytes() const noexcept {
    sqlite3_int64 bytes = 0;
    for (std::size_t i = 0; i < 4; ++i) bytes = bytes * 256 + static_cast<unsigned char>(piece_[kPageSizeAt + i]);
    return bytes >= 512 && bytes <= kPageBytesMax ? bytes : kPageBytesMax;
  }
  sqlite3_file* file() noexcept { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  void close() noexcept {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }

  std::vector<std::max_align_t> memory_;
  const char* name_;
  std::vector<char> piece_ = std::vector<char>(static_cast<std::size_t>(kFrameHeaderBytes + kPageBytesMax));
};

}  // namespace

void settle_log(const std::string& path, const std::string& vfs_name) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  if (vfs == nullptr) throw std::runtime_error("there is no sqlite3_vfs " + vfs_name);
  // As SQLite does: follow links, then append the suffix.
  std::string full_path(static_cast<std::size_t>(vfs->mxPathname) + 1, '\0');
  const int resolved = vfs->xFullPathname(vfs, path.c_str(), vfs->mxPathname + 1, full_path.data());
  require(resolved == SQLITE_OK_SYMLINK ? SQLITE_OK : resolved, path);
  full_path.resize(full_path.find('\0'));
  // The vfs expects names in SQLite's own format, with parameters after the terminating zero.
  const std::string journal = full_path + "-journal";
  const std::string log = full_path + "-wal";
  const std::unique_ptr<char, decltype(&sqlite3_free_filename)> names(
      const_cast<char*>(sqlite3_create_filename(full_path.c_str(), journal.c_str(), log.c_str(), 0, nullptr)), &sqlite3_free_filename);
  if (names == nullptr) throw std::bad_alloc();
  const char* name = sqlite3_filename_wal(names.get());
  int exists = 0;
  require(vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &exists), log);
  if (exists != 0) LogFile(*vfs, name).write_again();
}

void forget_backfill(SQLite::Database& database) {
  const std::string log = database.getFilename() + "-wal";
  database.exec("PRAGMA schema_version");  // Any read opens the log and its index.
  sqlite3_file* file = nullptr;
  require(sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file), log);
  void volatile* index = nullptr;
  require(file->pMethods->xShmMap(file, 0, kIndexRegionBytes, 1, &index), log);
  require(file->pMethods->xShmLock(file, kCheckpointLock, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), log);
  auto* backfill = reinterpret_cast<std::uint32_t*>(static_cast<std::byte*>(const_cast<void*>(index)) + kBackfillAt);
  std::atomic_ref(*backfill).store(0);
  require(file->pMethods->xShmLock(file, kCheckpointLock, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE), log);
}

}  // namespace ledger::storage
