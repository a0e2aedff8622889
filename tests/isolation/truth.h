// What every question about any prefix of a log must be answered, folded anew from that log.
#pragma once

#include "domain/event_store.h"
#include "domain/fold.h"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace ledger::test {

/// Borrows the log, which outlives it. Shares no code with any store.
class Truth {
 public:
  /// REQUIRES a dense log whose bodies are events.
  explicit Truth(const std::vector<RecordedEvent>& log);

  /// Null when the log has none.
  [[nodiscard]] const RecordedEvent* event(Sequence sequence) const;

  /// The last event of the location or association in the prefix; 0 when there is none.
  [[nodiscard]] Sequence last_of(const LocationId& location, Sequence through) const;
  [[nodiscard]] Sequence last_of(const AssociationKey& association, Sequence through) const;
  /// The first one behind `after`, if there is one.
  [[nodiscard]] std::optional<Sequence> next_of(const LocationId& location, Sequence after) const;
  [[nodiscard]] std::optional<Sequence> next_of(const AssociationKey& association, Sequence after) const;

  /// Nullopt when the prefix has no event of it.
  [[nodiscard]] std::optional<Association> association(const AssociationKey& key, Sequence through) const;

  /// The pages, in the prefix `through`, whatever prefix the question itself asks for.
  [[nodiscard]] AssociationPage page(const AssociationQuery& query, Sequence through) const;
  [[nodiscard]] DeletionPage page(const DeletionQuery& query, Sequence through) const;
  [[nodiscard]] LocationPage page(const LocationQuery& query, Sequence through) const;
  [[nodiscard]] EventPage page(const HistoryQuery& query, Sequence through) const;
  [[nodiscard]] EventPage page(const EventQuery& query, Sequence through) const;

 private:
  /// Null when the prefix has no event of it.
  [[nodiscard]] const FoldedAssociation* folded(const AssociationKey& key, Sequence through) const;
  [[nodiscard]] std::vector<Deletion> deletions_of(const AssociationKey& key, Sequence through) const;
  [[nodiscard]] EventPage events_page(const std::vector<Sequence>& sequences, Sequence after, std::size_t limit, std::size_t bytes_max) const;

  const std::vector<RecordedEvent>& log_;
  std::vector<Sequence> all_;
  std::map<LocationId, std::vector<Sequence>> by_location_;
  std::map<AssociationKey, std::vector<Sequence>> by_association_;
  /// The states after each event of an association, beside its sequences.
  std::map<AssociationKey, std::vector<FoldedAssociation>> states_;
};

}  // namespace ledger::test
