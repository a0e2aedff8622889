// What one answer in a history says by itself: which prefixes of the log it can be of, and whether such a prefix says the same.
#pragma once

#include "tests/isolation/history.h"
#include "tests/isolation/truth.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace ledger::test {

/// Lengths of the log, both ends included.
struct Prefixes {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// "list_associations L1 as of 7 after a".
[[nodiscard]] std::string describe(const Action& action);

/// Nullopt for an error that the port does not foresee for the question. Of an append only `least` says anything: it reads nothing.
[[nodiscard]] std::optional<Prefixes> prefixes_of(const Action& action, const Truth& truth);

/// How the answer differs from what the log says of the prefix that it names: events_never_change or state_is_the_fold_of_a_prefix. Nothing to say of
/// appends and errors.
[[nodiscard]] std::optional<Finding> difference(const Action& action, const Truth& truth);

/// Whether both are the same event, in every field.
[[nodiscard]] bool same_event(const RecordedEvent& left, const RecordedEvent& right);

/// A page as a link of its chain.
struct Link {
  std::string list;   ///< What is listed, whatever the page.
  Sequence as_of;     ///< The prefix shown.
  std::string after;  ///< Where the page begins …
  std::string next;   ///< … and where the next one must; empty at the ends of the chain.
};
/// Nullopt for what is no page, and for errors.
[[nodiscard]] std::optional<Link> link_of(const Action& action);

}  // namespace ledger::test
