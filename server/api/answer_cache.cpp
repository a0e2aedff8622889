// A list in the order of use, and an index over it.
#include "server/api/answer_cache.h"

#include <utility>

namespace ledger::server {
namespace {

/// What an entry costs beyond its texts: nodes, buckets, the response itself.
constexpr std::size_t overhead_bytes = 512;

std::size_t bytes_of(const Response& answer) {
  std::size_t bytes = answer.body.size();
  for (const auto& [name, value] : answer.headers) bytes += value.size();
  return bytes;
}

}  // namespace

std::shared_ptr<const Response> AnswerCache::find(std::string_view target, LocationVersion version) {
  const MutexLock lock(mutex_);
  const auto found = by_target_.find(target);
  if (found == by_target_.end()) return nullptr;
  const Entries::iterator entry = found->second;
  if (entry->version != version) {
    drop(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->answer;
}

void AnswerCache::keep(std::string_view target, LocationVersion version, const Response& answer) {
  const std::size_t bytes = target.size() + bytes_of(answer) + overhead_bytes;
  if (bytes > bytes_max_ / 64) return;
  Entry entry{std::string(target), version, std::make_shared<const Response>(answer), bytes};
  const MutexLock lock(mutex_);
  if (const auto known = by_target_.find(target); known != by_target_.end()) drop(known->second);
  entries_.push_front(std::move(entry));
  try {
    by_target_.emplace(entries_.front().target, entries_.begin());
  } catch (...) {
    entries_.pop_front();
    throw;
  }
  bytes_ += bytes;
  while (bytes_ > bytes_max_) drop(std::prev(entries_.end()));
}

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_target_.erase(entry->target);
  entries_.erase(entry);
}

}  // namespace ledger::server
