// The locks and the shared memory of a simulated file, by SQLite's rules.
#include "tests/support/simulated_locks.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

constexpr int kShared = 1;
constexpr int kReserved = 2;
constexpr int kPending = 3;
constexpr int kExclusive = 4;

}  // namespace

int SimulatedLocks::lock(FileId file, HandleId handle, int level) {
  File& shared = files_[file];
  Holder& mine = shared.holders[handle];
  if (mine.level >= level) return SQLITE_OK;
  int others = 0;
  for (const auto& [id, holder] : shared.holders) {
    if (id != handle) others = std::max(others, holder.level);
  }
  switch (level) {
    case kShared:
      if (others >= kPending) return SQLITE_BUSY;
      break;
    case kReserved:
      if (others >= kReserved) return SQLITE_BUSY;
      break;
    case kExclusive:
      if (others >= kReserved) return SQLITE_BUSY;
      mine.level = kPending;
      if (others >= kShared) return SQLITE_BUSY;
      break;
    default: return SQLITE_MISUSE;
  }
  mine.level = level;
  return SQLITE_OK;
}

void SimulatedLocks::unlock(FileId file, HandleId handle, int level) {
  Holder& mine = files_[file].holders[handle];
  mine.level = std::min(mine.level, level);
}

bool SimulatedLocks::is_reserved(FileId file) const {
  const auto found = files_.find(file);
  if (found == files_.end()) return false;
  const auto& holders = found->second.holders;
  return std::any_of(holders.begin(), holders.end(), [](const auto& entry) { return entry.second.level >= kReserved; });
}

void volatile* SimulatedLocks::map(FileId file, HandleId handle, std::size_t region, std::size_t bytes, bool extend) {
  File& shared = files_[file];
  shared.holders[handle].maps = true;
  if (region >= shared.regions.size()) {
    if (!extend) return nullptr;
    while (region >= shared.regions.size()) shared.regions.push_back(std::make_unique<std::byte[]>(bytes));
  }
  return shared.regions[region].get();
}

void SimulatedLocks::unmap(FileId file, HandleId handle) {
  File& shared = files_[file];
  Holder& mine = shared.holders[handle];
  mine.maps = false;
  mine.slots.fill(0);
  const bool still_mapped = std::any_of(shared.holders.begin(), shared.holders.end(), [](const auto& entry) { return entry.second.maps; });
  if (!still_mapped) shared.regions.clear();
}

int SimulatedLocks::lock_shared(FileId file, HandleId handle, int offset, int count, bool exclusive) {
  File& shared = files_[file];
  const auto first = static_cast<std::size_t>(offset);
  const auto last = first + static_cast<std::size_t>(count);
  for (const auto& [id, holder] : shared.holders) {
    if (id == handle) continue;
    for (std::size_t slot = first; slot < last; ++slot) {
      if (holder.slots[slot] == 2 || (exclusive && holder.slots[slot] != 0)) return SQLITE_BUSY;
    }
  }
  Holder& mine = shared.holders[handle];
  for (std::size_t slot = first; slot < last; ++slot) mine.slots[slot] = exclusive ? 2 : 1;
  return SQLITE_OK;
}

void SimulatedLocks::unlock_shared(FileId file, HandleId handle, int offset, int count) {
  Holder& mine = files_[file].holders[handle];
  for (int slot = offset; slot < offset + count; ++slot) mine.slots[static_cast<std::size_t>(slot)] = 0;
}

void SimulatedLocks::forget(HandleId handle) {
  for (auto& [file, shared] : files_) shared.holders.erase(handle);
  std::erase_if(files_, [](const auto& entry) { return entry.second.holders.empty(); });
}

void SimulatedLocks::clear() {
  for (auto& [id, file] : files_) {
    for (auto& region : file.regions) retired_.push_back(std::move(region));
  }
  files_.clear();
}

}  // namespace ledger::test
