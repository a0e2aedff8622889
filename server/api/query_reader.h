// From the words of a URL to the store's questions, and from the store's pages to the cursor of the next one.
#pragma once

#include "server/http/router.h"

#include "domain/event_store.h"
#include "domain/result.h"

#include <optional>
#include <string>

namespace ledger::server {

inline constexpr std::size_t page_limit_default = 100;
inline constexpr std::size_t page_limit_max = 1000;

// All of them: errors are invalid_request with "invalid-parameter", "parameter-out-of-range", "invalid-cursor", "as-of-in-future" or "invalid-id".
// REQUIRES the route that the name says. A cursor brings the prefix of the first page with it, so that a chain of pages shows one state.

/// `now` decides whether a moment in asOf has come.
[[nodiscard]] Result<AssociationQuery> read_association_query(const Routed& routed, Timestamp now);
[[nodiscard]] Result<DeletionQuery> read_deletion_query(const Routed& routed);
[[nodiscard]] Result<HistoryQuery> read_history_query(const Routed& routed);
[[nodiscard]] Result<EventQuery> read_event_query(const Routed& routed);
[[nodiscard]] Result<LocationQuery> read_location_query(const Routed& routed);
[[nodiscard]] Result<Sequence> read_sequence(const Routed& routed);
[[nodiscard]] AssociationKey read_association_key(const Routed& routed);

/// nullopt on the last page.
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const AssociationPage& page);
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const DeletionPage& page);
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const EventPage& history);
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const LocationPage& page);

}  // namespace ledger::server
