// A library that is loaded into every measured program before all others (LD_PRELOAD) and counts how often it has the disk make things durable. The
// counter is the first eight bytes of the file that LEDGER_SYNC_COUNT names, shared by the whole family of processes and by the benchmark that reads
// it (sync_count.h). Without that file it only passes the calls on.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Counter = std::atomic<std::uint64_t>;

/// By system calls alone: in a sanitized process open() and mmap() are somebody's interceptors, which may not be ready.
Counter* shared_counter() {
  const char* const path = std::getenv("LEDGER_SYNC_COUNT");
  if (path == nullptr) return nullptr;
  const long file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (file < 0) return nullptr;
  const long memory = ::syscall(SYS_mmap, nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::syscall(SYS_close, file);
  return memory == -1 ? nullptr : reinterpret_cast<Counter*>(memory);
}

int counted(long call, int descriptor) {
  static Counter* const counter = shared_counter();
  if (counter != nullptr) counter->fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(call, descriptor));
}

}  // namespace

extern "C" {

int fdatasync(int descriptor) {
  return counted(SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
  return counted(SYS_fsync, descriptor);
}
}
