// A sqlite3_vfs over a simulated disk: what SQLite does with it.
#include "domain/check.h"
#include "tests/support/simulated_vfs_impl.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

namespace ledger::test {
namespace {

constexpr int kReportedSectorBytes = 4096;  // What SQLite assumes on unix.

FileKind kind_of(int open_flags) {
  if ((open_flags & SQLITE_OPEN_MAIN_DB) != 0) return FileKind::database;
  if ((open_flags & SQLITE_OPEN_WAL) != 0) return FileKind::log;
  // Temporary files are told to stay in memory, so nothing else is ever opened.
  LEDGER_CHECK((open_flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0);
  return FileKind::journal;
}

FileKind kind_of(const std::string& path) {
  if (path.ends_with("-wal")) return FileKind::log;
  return path.ends_with("-journal") ? FileKind::journal : FileKind::database;
}

}  // namespace

/// A struct of static functions, so that it can be the friend of the class.
struct SimulatedVfsMethods {
  using Impl = SimulatedVfs::Impl;

  /// What SQLite allocates for an open file; constructed by open, destroyed by close.
  struct Handle {
    sqlite3_file base;
    Impl* impl;
    SimulatedDisk::FilePtr file;
    Access access;  ///< As every operation of this handle begins.
    std::uint64_t generation;
    bool directory_unsynced;
    bool read_only;
  };

  static Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

  static void tell(Impl& impl, const Access& access) {
    std::function<void(const Access&)> watcher;
    {
      const std::lock_guard lock(impl.mutex);
      if (!impl.watcher) return;
      watcher = impl.watcher;
    }
    watcher(access);
  }

  static Access access_of(const Handle& handle, Operation operation) {
    Access access = handle.access;
    access.operation = operation;
    return access;
  }

  /// Announces the operation, judges it, and runs `act` (with the verdict) where something is to be done, all under the lock.
  template <class Act>
  static int run(Handle& handle, Operation operation, const Act& act) {
    return run(handle, access_of(handle, operation), act);
  }

  template <class Act>
  static int run(Handle& handle, const Access& access, const Act& act) {
    tell(*handle.impl, access);
    const std::lock_guard lock(handle.impl->mutex);
    const Verdict verdict = handle.impl->judge(access, handle.generation);
    if (verdict.code != SQLITE_OK && !verdict.half && !verdict.last_act && access.operation != Operation::sync) return verdict.code;
    const int code = act(verdict);
    return verdict.code != SQLITE_OK ? verdict.code : code;
  }

  static int close(sqlite3_file* file) {
    Handle& handle = handle_of(file);
    {
      const std::lock_guard lock(handle.impl->mutex);
      if (handle.generation == handle.impl->generation) handle.impl->locks.forget(&handle);
    }
    handle.~Handle();
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
    Handle& handle = handle_of(file);
    return run(handle, Operation::read, [&](const Verdict&) {
      const std::string& content = handle.file->bytes();
      const auto from = static_cast<std::size_t>(at);
      const auto wanted = static_cast<std::size_t>(bytes);
      const std::size_t there = from >= content.size() ? 0 : std::min(wanted, content.size() - from);
      if (there > 0) std::memcpy(to, content.data() + from, there);
      if (there == wanted) return SQLITE_OK;
      std::memset(static_cast<char*>(to) + there, 0, wanted - there);
      return SQLITE_IOERR_SHORT_READ;
    });
  }

  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    LEDGER_CHECK(bytes <= 0x1ffff);  // As os_unix.c demands.
    Handle& handle = handle_of(file);
    Access access = access_of(handle, Operation::write);
    access.at = static_cast<std::size_t>(at);
    access.bytes = static_cast<std::size_t>(bytes);
    return run(handle, access, [&](const Verdict& verdict) {
      if (handle.read_only) return SQLITE_READONLY;
      const std::string_view all(static_cast<const char*>(from), access.bytes);
      handle.file->write(access.at, verdict.half ? all.substr(0, all.size() / 2) : all);
      return SQLITE_OK;
    });
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    Handle& handle = handle_of(file);
    return run(handle, Operation::truncate, [&](const Verdict&) {
      handle.file->truncate(static_cast<std::size_t>(bytes));
      return SQLITE_OK;
    });
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    Handle& handle = handle_of(file);
    return run(handle, Operation::sync, [&](const Verdict& verdict) {
      if (verdict.code != SQLITE_OK) {
        // Cut off in the middle, it has done what the power cut will choose; failed, it has done what it has done.
        if (!handle.impl->ended && handle.generation == handle.impl->generation) handle.file->fail_sync(handle.impl->random);
        return SQLITE_OK;
      }
      handle.file->sync();
      if (std::exchange(handle.directory_unsynced, false)) handle.impl->disk.sync_directory();
      return SQLITE_OK;
    });
  }

  static int file_size(sqlite3_file* file, sqlite3_int64* bytes) {
    Handle& handle = handle_of(file);
    return run(handle, Operation::measure, [&](const Verdict&) {
      *bytes = static_cast<sqlite3_int64>(handle.file->bytes().size());
      return SQLITE_OK;
    });
  }

  static int lock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    return run(handle, Operation::lock, [&](const Verdict&) { return handle.impl->locks.lock(handle.file.get(), &handle, level); });
  }

  static int unlock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    const std::lock_guard guard(handle.impl->mutex);
    if (handle.generation == handle.impl->generation) handle.impl->locks.unlock(handle.file.get(), &handle, level);
    return SQLITE_OK;
  }

  static int check_reserved(sqlite3_file* file, int* held) {
    Handle& handle = handle_of(file);
    const std::lock_guard guard(handle.impl->mutex);
    *held = handle.impl->locks.is_reserved(handle.file.get()) ? 1 : 0;
    return SQLITE_OK;
  }

  static int file_control(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* /*file*/) { return kReportedSectorBytes; }
  static int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
    Handle& handle = handle_of(file);
    *at = nullptr;
    return run(handle, Operation::map_shared, [&](const Verdict&) {
      *at = handle.impl->locks.map(handle.file.get(), &handle, static_cast<std::size_t>(region), static_cast<std::size_t>(bytes), extend != 0);
      return SQLITE_OK;
    });
  }

  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    Handle& handle = handle_of(file);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      const std::lock_guard guard(handle.impl->mutex);
      if (handle.generation == handle.impl->generation) handle.impl->locks.unlock_shared(handle.file.get(), &handle, offset, count);
      return SQLITE_OK;
    }
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    const auto act = [&](const Verdict&) { return handle.impl->locks.lock_shared(handle.file.get(), &handle, offset, count, exclusive); };
    Access access = access_of(handle, Operation::lock_shared);
    if (exclusive) access.shared_lock = offset;
    return run(handle, access, act);
  }

  static void shm_barrier(sqlite3_file* /*file*/) { std::atomic_thread_fence(std::memory_order_seq_cst); }

  static int shm_unmap(sqlite3_file* file, int /*remove*/) {
    Handle& handle = handle_of(file);
    const std::lock_guard guard(handle.impl->mutex);
    if (handle.generation == handle.impl->generation) handle.impl->locks.unmap(handle.file.get(), &handle);
    return SQLITE_OK;
  }

  static Impl& impl_of(sqlite3_vfs* vfs) { return *static_cast<Impl*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    // Version 2: shared memory, no memory-mapped pages.
    static const sqlite3_io_methods kMethods = {
        2,           close,           read,    write,    truncate,    sync,      file_size, lock,   unlock, check_reserved, file_control,
        sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr,   nullptr};
    file->pMethods = nullptr;
    Impl& impl = impl_of(vfs);
    LEDGER_CHECK(path != nullptr);
    Access access;
    access.operation = Operation::open;
    access.file = kind_of(flags);
    access.writable = (flags & SQLITE_OPEN_READWRITE) != 0;
    tell(impl, access);
    const std::lock_guard lock(impl.mutex);
    SimulatedDisk::FilePtr found = impl.disk.find(path);
    const bool creates = !found && (flags & SQLITE_OPEN_CREATE) != 0;
    if (!found && !creates) return SQLITE_CANTOPEN;
    const Verdict verdict = impl.judge(access, impl.generation);
    if (verdict.code != SQLITE_OK && !verdict.last_act) return verdict.code;
    if (creates) found = impl.disk.create(path);
    if (verdict.code != SQLITE_OK) return SQLITE_CANTOPEN;
    if (access.file == FileKind::database) access.connection = ++impl.connections;
    // Whether or not there was one: it is the wish to create that counts.
    const bool syncs_directory = (flags & SQLITE_OPEN_CREATE) != 0 && access.file != FileKind::database;
    new (file) Handle{{&kMethods}, &impl, std::move(found), access, impl.generation, syncs_directory, !access.writable};
    if (flags_out != nullptr) *flags_out = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    Impl& impl = impl_of(vfs);
    Access access;
    access.operation = Operation::remove;
    access.file = kind_of(std::string(path));
    tell(impl, access);
    const std::lock_guard lock(impl.mutex);
    const Verdict verdict = impl.judge(access, impl.generation);
    if (verdict.code != SQLITE_OK && !verdict.last_act) return verdict.code;
    if (!impl.disk.find(path)) return SQLITE_IOERR_DELETE_NOENT;
    impl.disk.remove(path);
    if (verdict.code != SQLITE_OK) return SQLITE_IOERR_DELETE;
    if (sync_directory != 0) impl.disk.sync_directory();
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* path, int what, int* result) {
    Impl& impl = impl_of(vfs);
    const std::lock_guard lock(impl.mutex);
    const SimulatedDisk::FilePtr found = impl.disk.find(path);
    // As os_unix.c: an empty file does not exist.
    *result = found && (what != SQLITE_ACCESS_EXISTS || !found->bytes().empty()) ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs* /*vfs*/, const char* path, int bytes_max, char* to) {
    sqlite3_snprintf(bytes_max, to, "%s", path);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int bytes, char* to) {
    Impl& impl = impl_of(vfs);
    const std::lock_guard lock(impl.mutex);
    for (int i = 0; i < bytes; ++i) to[i] = static_cast<char>(impl.random.below(256));
    return bytes;
  }

  // Waiting takes no time, but lets other threads do what is waited for: more of it the longer SQLite would wait.
  static int wait(sqlite3_vfs* vfs, int microseconds) {
    Impl& impl = impl_of(vfs);
    Access access;
    access.operation = Operation::wait;
    tell(impl, access);
    if (impl.users == SimulatedVfs::Users::one_thread) return microseconds;
    for (int turns = 1 + microseconds / 100; turns > 0; --turns) std::this_thread::yield();
    return microseconds;
  }

  static int current_time(sqlite3_vfs* /*vfs*/, sqlite3_int64* julian_ms) {
    *julian_ms = 212'000'000'000'000;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs* /*vfs*/, int /*bytes*/, char* /*to*/) { return 0; }
};

void install_methods(sqlite3_vfs& vfs) noexcept {
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(SimulatedVfsMethods::Handle);
  vfs.mxPathname = 512;
  vfs.xOpen = SimulatedVfsMethods::open;
  vfs.xDelete = SimulatedVfsMethods::remove;
  vfs.xAccess = SimulatedVfsMethods::access;
  vfs.xFullPathname = SimulatedVfsMethods::full_path;
  vfs.xRandomness = SimulatedVfsMethods::randomness;
  vfs.xSleep = SimulatedVfsMethods::wait;
  vfs.xGetLastError = SimulatedVfsMethods::last_error;
  vfs.xCurrentTimeInt64 = SimulatedVfsMethods::current_time;
}

}  // namespace ledger::test
