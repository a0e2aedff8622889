// Reads parameters and cursors. All functions are pure.
#include "server/api/query_reader.h"

#include "server/api/cursor.h"
#include "server/http/ascii.h"
#include "server/http/numbers.h"

#include <limits>
#include <utility>

namespace ledger::server {
namespace {

Error refusal(std::string_view reason, std::string detail) {
  return Error{Errc::invalid_request, reason, std::move(detail)};
}

Error invalid_cursor() {
  return refusal("invalid-cursor", "The cursor has no valid position. Start again without a cursor.");
}

/// A number between the bounds; the fallback when the parameter is missing.
Result<std::int64_t> read_number(const Routed& routed, std::string_view name, std::int64_t least, std::int64_t most, std::int64_t fallback) {
  const std::string* const text = routed.parameter(name);
  if (text == nullptr) return fallback;
  const Number number = parse_number(*text);
  if (number.fault == std::errc::invalid_argument) return refusal("invalid-parameter", std::string(name) + " must be a whole number.");
  if (number.fault != std::errc() || number.value < least || number.value > most) {
    return refusal("parameter-out-of-range", std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
  }
  return number.value;
}

Result<std::size_t> read_limit(const Routed& routed) {
  constexpr auto most = static_cast<std::int64_t>(kPageLimitMax);
  constexpr auto fallback = static_cast<std::int64_t>(kPageLimitDefault);
  const Result<std::int64_t> limit = read_number(routed, "limit", 1, most, fallback);
  if (!limit) return limit.error();
  return static_cast<std::size_t>(*limit);
}

Result<std::optional<Timestamp>> read_moment(const Routed& routed, std::string_view name) {
  const std::string* const text = routed.parameter(name);
  if (text == nullptr) return std::optional<Timestamp>();
  const std::optional<Timestamp> moment = parse_rfc3339(*text);
  if (!moment) return refusal("invalid-parameter", std::string(name) + " must be an RFC 3339 time, as in 2026-11-07T12:46:45.953Z.");
  return moment;
}

Result<AsOf> read_as_of(const Routed& routed, Timestamp now) {
  const std::string* const text = routed.parameter("asOf");
  if (text == nullptr) return AsOf(Latest{});
  if (!text->empty() && all_of(*text, is_ascii_digit)) {
    const Number number = parse_number(*text);
    if (number.fault != std::errc()) return refusal("parameter-out-of-range", "asOf is larger than any sequence.");
    return AsOf(Sequence(number.value));
  }
  const std::optional<Timestamp> moment = parse_rfc3339(*text);
  if (!moment) return refusal("invalid-parameter", "asOf must be a sequence or an RFC 3339 time, as in 2026-11-07T12:46:45.953Z.");
  if (*moment > now) return refusal("as-of-in-future", "asOf is in the future.");
  return AsOf(*moment);
}

Result<StatusFilter> read_status(const Routed& routed) {
  const std::string* const text = routed.parameter("status");
  if (text == nullptr || *text == "active") return StatusFilter::active;
  if (*text == "deleted") return StatusFilter::deleted;
  if (*text == "all") return StatusFilter::all;
  return refusal("invalid-parameter", "status must be active, deleted or all.");
}

std::optional<std::string> read_text(const Routed& routed, std::string_view name) {
  const std::string* const text = routed.parameter(name);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

Result<std::optional<Cursor>> read_cursor(const Routed& routed) {
  const std::string* const text = routed.parameter("cursor");
  if (text == nullptr) return std::optional<Cursor>();
  Result<Cursor> cursor = decode_cursor(*text, routed);
  if (!cursor) return cursor.error();
  return std::optional(std::move(*cursor));
}

LocationId location_of(const Routed& routed) {
  return LocationId(routed.captures.at(0));
}

}  // namespace

AssociationKey read_association_key(const Routed& routed) {
  return {location_of(routed), AssociationId(routed.captures.at(1))};
}

Result<AssociationQuery> read_association_query(const Routed& routed, Timestamp now) {
  const Result<std::size_t> limit = read_limit(routed);
  if (!limit) return limit.error();
  const Result<StatusFilter> status = read_status(routed);
  if (!status) return status.error();
  const Result<std::optional<Cursor>> cursor = read_cursor(routed);
  if (!cursor) return cursor.error();
  const Result<AsOf> as_of = read_as_of(routed, now);
  if (!as_of) return as_of.error();

  AssociationQuery query;
  query.location = location_of(routed);
  query.filter = {*status, read_text(routed, "key"), read_text(routed, "objectKey"), read_text(routed, "associationType")};
  if (const std::string* const id = routed.parameter("id")) query.filter.id = AssociationId(*id);
  query.as_of = *as_of;
  query.limit = *limit;
  if (*cursor) {
    query.as_of = (*cursor)->pinned;
    query.after = AssociationId((*cursor)->position);
  }
  return query;
}

Result<DeletionQuery> read_deletion_query(const Routed& routed) {
  const Result<std::size_t> limit = read_limit(routed);
  if (!limit) return limit.error();
  const Result<std::optional<Timestamp>> from = read_moment(routed, "from");
  if (!from) return from.error();
  const Result<std::optional<Timestamp>> to = read_moment(routed, "to");
  if (!to) return to.error();
  const Result<std::optional<Cursor>> cursor = read_cursor(routed);
  if (!cursor) return cursor.error();

  DeletionQuery query;
  query.location = location_of(routed);
  query.from = *from;
  query.to = *to;
  query.limit = *limit;
  if (*cursor) {
    const std::string& position = (*cursor)->position;
    const std::size_t colon = position.find(':');
    if (colon == std::string::npos) return invalid_cursor();
    const Number moment = parse_number(std::string_view(position).substr(0, colon));
    const Number sequence = parse_number(std::string_view(position).substr(colon + 1));
    if (moment.fault != std::errc() || sequence.fault != std::errc()) return invalid_cursor();
    query.after = DeletionPosition{Timestamp(std::chrono::milliseconds(moment.value)), Sequence(sequence.value)};
  }
  return query;
}

Result<HistoryQuery> read_history_query(const Routed& routed) {
  const Result<std::size_t> limit = read_limit(routed);
  if (!limit) return limit.error();
  const Result<std::optional<Cursor>> cursor = read_cursor(routed);
  if (!cursor) return cursor.error();

  HistoryQuery query;
  query.association = read_association_key(routed);
  query.limit = *limit;
  if (*cursor) {
    const Number after = parse_number((*cursor)->position);
    if (after.fault != std::errc()) return invalid_cursor();
    query.through = (*cursor)->pinned;
    query.after = Sequence(after.value);
  }
  return query;
}

Result<EventQuery> read_event_query(const Routed& routed) {
  const Result<std::size_t> limit = read_limit(routed);
  if (!limit) return limit.error();
  const Result<std::int64_t> after = read_number(routed, "after", 0, std::numeric_limits<std::int64_t>::max(), 0);
  if (!after) return after.error();
  EventQuery query;
  query.after = Sequence(*after);
  query.limit = *limit;
  return query;
}

Result<LocationQuery> read_location_query(const Routed& routed) {
  const Result<std::size_t> limit = read_limit(routed);
  if (!limit) return limit.error();
  const Result<std::optional<Cursor>> cursor = read_cursor(routed);
  if (!cursor) return cursor.error();

  LocationQuery query;
  query.limit = *limit;
  if (*cursor) query.after = LocationId((*cursor)->position);
  return query;
}

Result<Sequence> read_sequence(const Routed& routed) {
  const std::string& text = routed.captures.at(0);
  const Number number = parse_number(text);
  if (number.fault != std::errc() || number.value < 0) return refusal("invalid-id", "The sequence of an event is a whole number.");
  return Sequence(number.value);
}

std::optional<std::string> next_cursor(const Routed& routed, const AssociationPage& page) {
  if (!page.next) return std::nullopt;
  return encode_cursor(Cursor{page.as_of, page.next->value()}, routed);
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

std::optional<std::string> next_cursor(const Routed& routed, const LocationPage& page) {
  if (!page.next) return std::nullopt;
  return encode_cursor(Cursor{page.as_of, page.next->value()}, routed);
}

}  // namespace ledger::server
