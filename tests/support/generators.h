// Random events for property tests: seeded, small domains on purpose, so that ties, repetitions and contradictions are common.
#pragma once

#include "domain/fold.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledger::test {

/// LEDGER_TEST_SEED from the environment, else a new one. A test that uses it names it in its failure (SCOPED_TRACE).
[[nodiscard]] std::uint64_t test_seed();

/// The same numbers for the same seed with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Evenly from 0 to `bound` - 1. REQUIRES bound > 0.
  [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }

  template <class T>
  [[nodiscard]] const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t left = items.size(); left > 1; --left) std::swap(items[left - 1], items[below(left)]);
  }

 private:
  std::mt19937_64 engine_;
};

/// Whether events carry a `timestamp` of their own: all of them, or about half of them.
enum class Dating { all, some };

/// An event as its delivery would decode: the body is JSON, and says what `decoded` says. REQUIRES a body that is an event.
[[nodiscard]] NewEvent new_event(std::string body, std::optional<EventKind> path_event);

/// A random event of the association `key`. Without webhook id.
[[nodiscard]] NewEvent random_event(Random& random, const AssociationKey& key, Dating dating);

/// A random event of any kind of webhook: usually of the association `key`, else of the relation with the same id, or of the location. Without
/// webhook id.
[[nodiscard]] NewEvent random_event_of_any_kind(Random& random, const AssociationKey& key, Dating dating);

/// The few associations, relations and locations that random deliveries are about.
struct Places {
  std::vector<std::string> locations = {"L1", "L2", "L3"};
  std::vector<std::string> ids = {"a", "b", "c", "d"};
};

/// A random event of one of `places`, often with a webhook id out of few, so that conflicts are common; some traced, some signed by nobody real.
[[nodiscard]] NewEvent random_delivery(Random& random, const Places& places);

/// The event as the fold sees it once it is recorded.
[[nodiscard]] FoldEvent fold_event(const NewEvent& event, Sequence sequence, Timestamp recorded_at);

}  // namespace ledger::test
