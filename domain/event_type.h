// Which event a text names: the `type` of a body, or the last part of a webhook's path.
#pragma once

#include "domain/event.h"

#include <optional>
#include <string_view>

namespace ledger {

// HighLevel has never published how the `type` of an association event is spelled in a body, and its own pages write one event in several ways. So
// texts are compared without regard to case, blanks, '.', '_' and '-', and with or without the ending of the past: "association.deleted" is
// AssociationDelete.

/// A kind of event that the ledger keeps, by one of its spellings.
struct NamedKind {
  EventKind kind{};
  bool is_respelled = false;  ///< The text is not the documented name.

  friend bool operator==(const NamedKind&, const NamedKind&) = default;
};
[[nodiscard]] std::optional<NamedKind> find_event_kind(std::string_view type);

/// Whether HighLevel documents an event of this name that the ledger does not keep ("ContactCreate").
[[nodiscard]] bool is_documented_elsewhere(std::string_view type);

/// Whether the name contains "association" or "relation": then an event that nobody documents may still be about what the ledger keeps.
[[nodiscard]] bool mentions_kept_subject(std::string_view type);

}  // namespace ledger
