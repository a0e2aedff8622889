// Turns the parameters of a URL into questions to the store, and the end of a page into the cursor of the next one.
#pragma once

#include "server/api/cursor.h"
#include "server/http/router.h"

#include "domain/event_store.h"
#include "domain/result.h"

#include <optional>
#include <string>

namespace ledger::server {

inline constexpr std::size_t kPageLimitDefault = 100;
inline constexpr std::size_t kPageLimitMax = 1000;

// Errors of all functions: invalid_request ("invalid-parameter", "parameter-out-of-range", "invalid-cursor", "as-of-in-future", "invalid-id").
// All REQUIRE a request of the route that the name says. A cursor holds the prefix of the first page, so all pages of a chain show one state.

/// A moment in asOf after `now` is refused.
[[nodiscard]] Result<AssociationQuery> read_association_query(const Routed& routed, Timestamp now);
[[nodiscard]] Result<DeletionQuery> read_deletion_query(const Routed& routed);
[[nodiscard]] Result<RelationQuery> read_relation_query(const Routed& routed, Timestamp now);
/// The one relation that the path names.
[[nodiscard]] Result<RelationQuery> read_relation(const Routed& routed, Timestamp now);
[[nodiscard]] Result<HistoryQuery> read_history_query(const Routed& routed, SubjectKind subject = SubjectKind::association);
[[nodiscard]] Result<EventQuery> read_event_query(const Routed& routed);
[[nodiscard]] Result<LocationQuery> read_location_query(const Routed& routed);
[[nodiscard]] Result<Sequence> read_sequence(const Routed& routed);
[[nodiscard]] AssociationKey read_association_key(const Routed& routed);
[[nodiscard]] Result<QuarantineQuery> read_quarantine_query(const Routed& routed);
[[nodiscard]] Result<QuarantineId> read_quarantine_id(const Routed& routed);

/// What an operator wants of an admission.
struct AdmissionRequest {
  QuarantineId id;
  std::optional<EventKind> as;
  Admission::Mode mode = Admission::Mode::commit;
};
[[nodiscard]] Result<AdmissionRequest> read_admission(const Routed& routed);

/// nullopt on the last page. A list continues after the id of its last item, unless the type of the page has an overload.
template <class Page>
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const Page& page) {
  if (!page.next) return std::nullopt;
  return encode_cursor(Cursor{page.as_of, page.next->value()}, routed);
}
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const DeletionPage& page);
[[nodiscard]] std::optional<std::string> next_cursor(const Routed& routed, const EventPage& history);

}  // namespace ledger::server
