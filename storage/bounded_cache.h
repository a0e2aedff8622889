// A map that forgets everything when it is full.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace ledger::storage {

/// Keeps up to a number of entries in memory. An entry more clears all others first: that costs less than to keep their order, and what is used often
/// is soon back. Not thread-safe.
template <class Key, class Value, class Hash = std::hash<Key>>
class BoundedCache {
 public:
  /// REQUIRES `entries_max` of at least 1.
  explicit BoundedCache(std::size_t entries_max) noexcept : entries_max_(entries_max) {}

  /// Null when there is no such entry. Valid until the next put() or clear().
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }

  /// Keeps the entry; an entry of the same key stays as it is.
  void put(Key key, Value value) {
    if (entries_.size() >= entries_max_) entries_.clear();
    entries_.emplace(std::move(key), std::move(value));
  }

  void clear() noexcept { entries_.clear(); }

 private:
  std::size_t entries_max_;
  std::unordered_map<Key, Value, Hash> entries_;
};

}  // namespace ledger::storage
