// A sqlite3_vfs that does what the system's does until told to fail: faults are injected below SQLite, where real disks have theirs.
#include "tests/support/fault_vfs.h"

#include "domain/check.h"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace ledger::test {

namespace {

/// What the callbacks of an open file need to know.
struct State {
  sqlite3_vfs* real = nullptr;
  std::array<std::atomic<int>, 4> failures{};
  std::array<std::atomic<int>, 4> counts{};
};

/// What SQLite allocates for an open file: our part, and behind it the system's own.
struct FaultFile {
  sqlite3_file base;
  State* state;
  int type;  // SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL, …
};

// Rounded up, so that the system's part is aligned for anything.
constexpr std::size_t kOwnBytes = (sizeof(FaultFile) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

FaultFile* own(sqlite3_file* file) {
  return reinterpret_cast<FaultFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + kOwnBytes);
}

/// Counts the operation, and tells the code it is to fail with.
int strike(sqlite3_file* file, FaultAt on_log, FaultAt on_database) {
  FaultFile* mine = own(file);
  if (mine->type != SQLITE_OPEN_WAL && mine->type != SQLITE_OPEN_MAIN_DB) return SQLITE_OK;
  const auto index = static_cast<std::size_t>(mine->type == SQLITE_OPEN_WAL ? on_log : on_database);
  ++mine->state->counts[index];
  return mine->state->failures[index].load();
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}
int read_file(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), to, bytes, at);
}
int write_file(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  if (const int code = strike(file, FaultAt::write_to_log, FaultAt::write_to_database); code != SQLITE_OK) return code;
  return real(file)->pMethods->xWrite(real(file), from, bytes, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 bytes) {
  return real(file)->pMethods->xTruncate(real(file), bytes);
}
int sync_file(sqlite3_file* file, int flags) {
  if (const int code = strike(file, FaultAt::sync_of_log, FaultAt::sync_of_database); code != SQLITE_OK) return code;
  return real(file)->pMethods->xSync(real(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* bytes) {
  return real(file)->pMethods->xFileSize(real(file), bytes);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int file_control(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
  return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: shared memory, no memory-mapped pages.
const sqlite3_io_methods kMethods = {2,         close_file,  read_file,      write_file,   truncate_file, sync_file,       file_size,
                                     lock_file, unlock_file, check_reserved, file_control, sector_size,   characteristics, shm_map,
                                     shm_lock,  shm_barrier, shm_unmap,      nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  auto* state = static_cast<State*>(vfs->pAppData);
  FaultFile* mine = own(file);
  mine->state = state;
  mine->type = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL);
  const int code = state->real->xOpen(state->real, path, real(file), flags, flags_out);
  mine->base.pMethods = code == SQLITE_OK ? &kMethods : nullptr;
  return code;
}

}  // namespace

struct FaultVfs::Impl : State {
  sqlite3_vfs vfs{};
  std::string name;
};

FaultVfs::FaultVfs() : impl_(std::make_unique<Impl>()) {
  static std::atomic<int> made{0};
  impl_->real = sqlite3_vfs_find(nullptr);
  impl_->vfs = *impl_->real;
  impl_->name = "fault-" + std::to_string(++made);
  impl_->vfs.zName = impl_->name.c_str();
  impl_->vfs.szOsFile = static_cast<int>(kOwnBytes) + impl_->real->szOsFile;
  impl_->vfs.pAppData = static_cast<State*>(impl_.get());
  impl_->vfs.xOpen = open_file;
  LEDGER_CHECK(sqlite3_vfs_register(&impl_->vfs, 0) == SQLITE_OK);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&impl_->vfs);
}

const std::string& FaultVfs::name() const noexcept {
  return impl_->name;
}

void FaultVfs::fail(FaultAt where, int sqlite_code) noexcept {
  impl_->failures[static_cast<std::size_t>(where)] = sqlite_code;
}

void FaultVfs::heal() noexcept {
  for (auto& failure : impl_->failures) failure = SQLITE_OK;
}

int FaultVfs::count(FaultAt where) const noexcept {
  return impl_->counts[static_cast<std::size_t>(where)];
}

}  // namespace ledger::test
