// SQLite's memory, of which an allocation fails when a test says so.
#include "tests/support/failing_memory.h"

#include "domain/check.h"

#include <sqlite3.h>

#include <atomic>
#include <cstdint>

namespace ledger::test {
namespace {

// SQLite takes plain functions and gives them no context, so what they need stands here; FailingMemory is the only way to it.
sqlite3_mem_methods real;
std::atomic<std::int64_t> allocations_left{-1};  // Allocations until one fails; -1: none fails.
std::atomic<bool> goes_on{false};
std::atomic<bool> struck{false};
std::atomic<int> pauses{0};

bool fails_now() {
  if (allocations_left.load() < 0 || pauses.load() > 0) return false;
  if (allocations_left.load() > 0) {
    --allocations_left;
    return false;
  }
  if (struck.exchange(true) && !goes_on) return false;
  return true;
}

void* allocate(int bytes) {
  return fails_now() ? nullptr : real.xMalloc(bytes);
}
void* reallocate(void* memory, int bytes) {
  return fails_now() ? nullptr : real.xRealloc(memory, bytes);
}

}  // namespace

FailingMemory::FailingMemory() {
  sqlite3_shutdown();
  LEDGER_CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) == SQLITE_OK);
  sqlite3_mem_methods mine = real;
  mine.xMalloc = allocate;
  mine.xRealloc = reallocate;
  LEDGER_CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) == SQLITE_OK);
  sqlite3_initialize();
}

FailingMemory::~FailingMemory() {
  heal();
  sqlite3_shutdown();
  sqlite3_config(SQLITE_CONFIG_MALLOC, &real);
  sqlite3_initialize();
}

void FailingMemory::fail(std::size_t after, Fault::Extent extent) noexcept {
  struck = false;
  goes_on = extent == Fault::Extent::from_then_on;
  allocations_left = static_cast<std::int64_t>(after);
}

void FailingMemory::heal() noexcept {
  allocations_left = -1;
  struck = false;
}

bool FailingMemory::has_struck() const noexcept {
  return struck;
}

FailingMemory::Pause::Pause() noexcept {
  ++pauses;
}

FailingMemory::Pause::~Pause() {
  --pauses;
}

}  // namespace ledger::test
