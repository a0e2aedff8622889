// The shared file behind the counter.
#include "tests/bench/sync_count.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace ledger::bench {

SyncCount::SyncCount(const std::string& library, const std::string& file) {
  // GCC's address sanitizer wants to be the first library of all; the counter does it no harm.
  const char* const asan = std::getenv("ASAN_OPTIONS");
  environment_ = {"LD_PRELOAD=" + library, "LEDGER_SYNC_COUNT=" + file,
                  "ASAN_OPTIONS=" + std::string(asan == nullptr ? "" : asan) + ":verify_asan_link_order=0"};
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) throw std::runtime_error("cannot make " + file);
  // A program may run as another user.
  const bool is_sized = ::fchmod(descriptor, 0666) == 0 && ::ftruncate(descriptor, sizeof *counter_) == 0;
  void* const memory = ::mmap(nullptr, sizeof *counter_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (!is_sized || memory == MAP_FAILED) throw std::runtime_error("cannot share " + file);
  counter_ = static_cast<std::atomic<std::uint64_t>*>(memory);
}

SyncCount::~SyncCount() {
  ::munmap(counter_, sizeof *counter_);
}

}  // namespace ledger::bench
