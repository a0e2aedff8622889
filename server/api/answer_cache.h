// Answers about a location that have been given, to be given again while nothing in the location changes.
#pragma once

#include "server/http/http_types.h"

#include "domain/event_store.h"
#include "sync/mutex.h"

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ledger::server {

/// Bounded in bytes; what was not asked for the longest time goes first. Any thread: one lock, held for a lookup and never for a copy of an answer.
class AnswerCache {
 public:
  /// `bytes_max`: of targets and answers together; an answer of more than a sixty-fourth of it is not kept.
  explicit AnswerCache(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  /// The answer to the request target `target`, if it was given when the location had this version. Null where there is none.
  [[nodiscard]] std::shared_ptr<const Response> find(std::string_view target, LocationVersion version);

  /// `version` was current before the store was asked for what stands in `answer`.
  void keep(std::string_view target, LocationVersion version, const Response& answer);

 private:
  struct Entry {
    std::string target;
    LocationVersion version;
    std::shared_ptr<const Response> answer;  ///< Shared with whoever is sending it.
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  void drop(Entries::iterator entry) LEDGER_REQUIRES(mutex_);

  const std::size_t bytes_max_;
  Mutex mutex_;
  Entries entries_ LEDGER_GUARDED_BY(mutex_);                                                    ///< The last one asked for in front.
  std::unordered_map<std::string_view, Entries::iterator> by_target_ LEDGER_GUARDED_BY(mutex_);  ///< Keys are the entries' own.
  std::size_t bytes_ LEDGER_GUARDED_BY(mutex_) = 0;
};

}  // namespace ledger::server
