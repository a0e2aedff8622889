// Reads parameters and cursors. All functions are pure.
#include "server/api/query_reader.h"

#include "server/http/ascii.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ledger::server {
namespace {

/// Reads the parameters of a request. A wrong one has its default, and the first wrong one is the fault.
class Parameters {
 public:
  explicit Parameters(const Routed& routed) noexcept : routed_(routed) {}

  /// What was read, if no parameter is wrong.
  template <class Query>
  [[nodiscard]] Result<Query> fault_or(Query query) const {
    if (fault_) return *fault_;
    return query;
  }

  std::optional<std::string> text(std::string_view name) const {
    const std::string* const given = routed_.parameter(name);
    return given == nullptr ? std::nullopt : std::optional(*given);
  }

  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most, std::int64_t fallback) {
    const std::string* const given = routed_.parameter(name);
    if (given == nullptr) return fallback;
    const Number number = parse_number(*given);
    if (number.fault == std::errc::invalid_argument) {
      refuse("invalid-parameter", std::string(name) + " must be a whole number.");
    } else if (number.fault != std::errc() || number.value < least || number.value > most) {
      refuse("parameter-out-of-range", std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
    } else {
      return number.value;
    }
    return fallback;
  }

  std::size_t limit() { return static_cast<std::size_t>(number("limit", 1, kPageLimitMax, kPageLimitDefault)); }

  std::optional<Timestamp> moment(std::string_view name) {
    const std::string* const given = routed_.parameter(name);
    if (given == nullptr) return std::nullopt;
    const std::optional<Timestamp> moment = parse_rfc3339(*given);
    if (!moment) refuse("invalid-parameter", std::string(name) + " must be an RFC 3339 time, as in 2026-11-07T12:46:45.953Z.");
    return moment;
  }

  AsOf as_of(Timestamp now) {
    const std::string* const given = routed_.parameter("asOf");
    if (given == nullptr) return Latest{};
    if (!given->empty() && all_of(*given, is_ascii_digit)) {
      const Number number = parse_number(*given);
      if (number.fault != std::errc()) refuse("parameter-out-of-range", "asOf is larger than any sequence.");
      return Sequence(number.value);
    }
    const std::optional<Timestamp> moment = parse_rfc3339(*given);
    if (!moment) {
      refuse("invalid-parameter", "asOf must be a sequence or an RFC 3339 time, as in 2026-11-07T12:46:45.953Z.");
      return Latest{};
    }
    if (*moment > now) refuse("as-of-in-future", "asOf is in the future.");
    return *moment;
  }

  StatusFilter status() {
    const std::string* const given = routed_.parameter("status");
    if (given == nullptr || *given == "active") return StatusFilter::active;
    if (*given == "deleted") return StatusFilter::deleted;
    if (*given != "all") refuse("invalid-parameter", "status must be active, deleted or all.");
    return StatusFilter::all;
  }

  /// One of two words; the first if none is given.
  bool is_second(std::string_view name, std::string_view first, std::string_view second) {
    const std::string* const given = routed_.parameter(name);
    if (given == nullptr || *given == first) return false;
    if (*given != second) refuse("invalid-parameter", std::string(name) + " must be " + std::string(first) + " or " + std::string(second) + ".");
    return true;
  }

  std::optional<EventKind> kind(std::string_view name) {
    const std::string* const given = routed_.parameter(name);
    if (given == nullptr) return std::nullopt;
    const std::optional<EventKind> kind = event_kind(*given);
    if (!kind) refuse("invalid-parameter", std::string(name) + " must be the name of a webhook, such as AssociationDelete.");
    return kind;
  }

  std::optional<Cursor> cursor() {
    const std::string* const given = routed_.parameter("cursor");
    if (given == nullptr) return std::nullopt;
    const Result<Cursor> cursor = decode_cursor(*given, routed_);
    if (cursor) return *cursor;
    if (!fault_) fault_ = cursor.error();
    return std::nullopt;
  }

  /// A number in the position of a cursor.
  std::int64_t position_number(std::string_view text) {
    const Number number = parse_number(text);
    if (number.fault != std::errc()) refuse("invalid-cursor", "The cursor has no valid position. Start again without a cursor.");
    return number.value;
  }

 private:
  void refuse(std::string_view reason, std::string detail) {
    if (!fault_) fault_ = Error{Errc::invalid_request, reason, std::move(detail)};
  }

  const Routed& routed_;
  std::optional<Error> fault_;
};

LocationId location_of(const Routed& routed) {
  return LocationId(routed.captures.at(0));
}

template <class Id>
Result<Id> read_number(const Routed& routed, const char* expected) {
  const Number number = parse_number(routed.captures.at(0));
  if (number.fault != std::errc() || number.value < 0) return Error{Errc::invalid_request, "invalid-id", expected};
  return Id(number.value);
}

}  // namespace

AssociationKey read_association_key(const Routed& routed) {
  return {location_of(routed), AssociationId(routed.captures.at(1))};
}

Result<AssociationQuery> read_association_query(const Routed& routed, Timestamp now) {
  Parameters parameters(routed);
  AssociationQuery query;
  query.location = location_of(routed);
  query.limit = parameters.limit();
  query.filter = {parameters.status(), parameters.text("key"), parameters.text("objectKey"), parameters.text("associationType")};
  if (const auto id = parameters.text("id")) query.filter.id = AssociationId(*id);
  const std::optional<Cursor> cursor = parameters.cursor();
  query.as_of = parameters.as_of(now);
  if (cursor) {
    query.as_of = cursor->pinned;
    query.after = AssociationId(cursor->position);
  }
  return parameters.fault_or(std::move(query));
}

Result<DeletionQuery> read_deletion_query(const Routed& routed) {
  Parameters parameters(routed);
  DeletionQuery query;
  query.location = location_of(routed);
  query.limit = parameters.limit();
  query.from = parameters.moment("from");
  query.to = parameters.moment("to");
  if (const std::optional<Cursor> cursor = parameters.cursor()) {
    const std::string_view position = cursor->position;
    const std::size_t colon = std::min(position.find(':'), position.size());
    const std::int64_t moment_ms = parameters.position_number(position.substr(0, colon));
    const std::int64_t sequence = parameters.position_number(position.substr(std::min(colon + 1, position.size())));
    query.after = DeletionPosition{Timestamp(std::chrono::milliseconds(moment_ms)), Sequence(sequence)};
  }
  return parameters.fault_or(std::move(query));
}

Result<RelationQuery> read_relation_query(const Routed& routed, Timestamp now) {
  Parameters parameters(routed);
  RelationQuery query;
  query.location = location_of(routed);
  query.limit = parameters.limit();
  query.filter.status = parameters.status();
  if (const auto id = parameters.text("associationId")) query.filter.association = AssociationId(*id);
  if (const auto id = parameters.text("recordId")) query.filter.record = RecordId(*id);
  if (const auto id = parameters.text("id")) query.filter.id = RelationId(*id);
  const std::optional<Cursor> cursor = parameters.cursor();
  query.as_of = parameters.as_of(now);
  if (cursor) {
    // Without asOf, every page shows the present.
    if (!std::holds_alternative<Latest>(query.as_of)) query.as_of = cursor->pinned;
    query.after = RelationId(cursor->position);
  }
  return parameters.fault_or(std::move(query));
}

Result<RelationQuery> read_relation(const Routed& routed, Timestamp now) {
  Parameters parameters(routed);
  RelationQuery query;
  query.location = location_of(routed);
  query.as_of = parameters.as_of(now);
  query.filter.status = StatusFilter::all;
  query.filter.id = RelationId(routed.captures.at(1));
  return parameters.fault_or(std::move(query));
}

Result<HistoryQuery> read_history_query(const Routed& routed, SubjectKind subject) {
  Parameters parameters(routed);
  HistoryQuery query;
  query.association = read_association_key(routed);
  query.subject = subject;
  query.limit = parameters.limit();
  if (const std::optional<Cursor> cursor = parameters.cursor()) {
    query.through = cursor->pinned;
    query.after = Sequence(parameters.position_number(cursor->position));
  }
  return parameters.fault_or(std::move(query));
}

Result<EventQuery> read_event_query(const Routed& routed) {
  Parameters parameters(routed);
  EventQuery query;
  query.limit = parameters.limit();
  query.after = Sequence(parameters.number("after", 0, std::numeric_limits<std::int64_t>::max(), 0));
  return parameters.fault_or(query);
}

Result<LocationQuery> read_location_query(const Routed& routed) {
  Parameters parameters(routed);
  LocationQuery query;
  query.limit = parameters.limit();
  if (const std::optional<Cursor> cursor = parameters.cursor()) query.after = LocationId(cursor->position);
  return parameters.fault_or(std::move(query));
}

Result<Sequence> read_sequence(const Routed& routed) {
  return read_number<Sequence>(routed, "The sequence of an event is a whole number.");
}

Result<QuarantineQuery> read_quarantine_query(const Routed& routed) {
  Parameters parameters(routed);
  QuarantineQuery query;
  query.limit = parameters.limit();
  query.after = QuarantineId(parameters.number("after", 0, std::numeric_limits<std::int64_t>::max(), 0));
  query.reason = parameters.text("reason");
  query.only_open = !parameters.is_second("status", "open", "all");
  return parameters.fault_or(std::move(query));
}

Result<QuarantineId> read_quarantine_id(const Routed& routed) {
  return read_number<QuarantineId>(routed, "The id of a delivery in quarantine is a whole number.");
}

Result<AdmissionRequest> read_admission(const Routed& routed) {
  const Result<QuarantineId> id = read_quarantine_id(routed);
  if (!id) return id.error();
  Parameters parameters(routed);
  AdmissionRequest asked{*id, parameters.kind("as")};
  if (parameters.is_second("dryRun", "false", "true")) asked.mode = Admission::Mode::dry_run;
  return parameters.fault_or(asked);
}

std::optional<std::string> next_cursor(const Routed& routed, const DeletionPage& page) {
  if (!page.next) return std::nullopt;
  const std::int64_t moment_ms = page.next->deleted_at.time_since_epoch().count();
  return encode_cursor(Cursor{page.as_of, std::to_string(moment_ms) + ":" + std::to_string(page.next->deleted_by.value())}, routed);
}

std::optional<std::string> next_cursor(const Routed& routed, const EventPage& history) {
  if (!history.has_more || history.events.empty()) return std::nullopt;
  return encode_cursor(Cursor{history.last_sequence, std::to_string(history.events.back().sequence.value())}, routed);
}

}  // namespace ledger::server
