// Fuzzes what stands behind a route: parameters become questions, pages become cursors, cursors become questions again. The input: a target in the
// first line; "pinned position" of a page in the second; damage to its cursor in the third, pairs of a place and a character; a foreign cursor in the
// fourth.
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

#include "domain/check.h"

#include "server/api/api.h"
#include "server/api/cursor.h"
#include "server/api/query_reader.h"
#include "server/http/ascii.h"
#include "server/http/problem.h"
#include "server/http/target.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace ledger::fuzz {
namespace {

using namespace server;

constexpr Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};

std::optional<Routed> route(std::string_view target) {
  RequestHead head;
  head.method = Method::get;
  head.target = target;
  std::variant<Routed, Response> found = route_request(api_routes(), head);
  if (std::holds_alternative<Response>(found)) return std::nullopt;
  return std::get<Routed>(std::move(found));
}

Routed with_cursor(Routed routed, std::string_view text) {
  std::erase_if(routed.parameters, [](const Parameter& parameter) { return parameter.name == "cursor"; });
  routed.parameters.push_back({"cursor", std::string(text)});
  return routed;
}

void check_refusal(const Error& error) {
  LEDGER_CHECK(error.code == Errc::invalid_request);
  LEDGER_CHECK(find_reason(error.reason) != nullptr && !error.detail.empty());
}

/// True when there is a query; what every query has is then within its bounds.
template <class Query>
bool check_query(const Result<Query>& query) {
  if (!query) {
    check_refusal(query.error());
    return false;
  }
  LEDGER_CHECK(query->limit >= 1 && query->limit <= kPageLimitMax);
  return true;
}

void check_as_of(const AsOf& as_of) {
  if (const auto* const sequence = std::get_if<Sequence>(&as_of)) LEDGER_CHECK(sequence->value() >= 0);
  if (const auto* const moment = std::get_if<Timestamp>(&as_of)) LEDGER_CHECK(*moment <= kNow && !format_rfc3339(*moment).empty());
}

// Each of these reads the question, hands it a page that ends at `cursor`, and follows the page's cursor to the next question.

void check_associations(const Routed& routed, const Cursor& cursor) {
  const auto query = read_association_query(routed, kNow);
  if (!check_query(query)) return;
  check_as_of(query->as_of);
  LEDGER_CHECK(query->location.value() == routed.captures.at(0));
  const auto next = next_cursor(routed, AssociationPage{cursor.pinned, {}, AssociationId(cursor.position)});
  LEDGER_CHECK(next.has_value());
  const auto following = read_association_query(with_cursor(routed, *next), kNow);
  LEDGER_CHECK(check_query(following));
  LEDGER_CHECK(following->as_of == AsOf(cursor.pinned) && following->after == AssociationId(cursor.position));
  LEDGER_CHECK(following->filter.key == query->filter.key && following->filter.status == query->filter.status);
}

void check_deletions(const Routed& routed, const Cursor& cursor) {
  if (!check_query(read_deletion_query(routed))) return;
  const Timestamp moment = Timestamp(std::chrono::milliseconds(cursor.pinned.value() - 1000));
  const auto next = next_cursor(routed, DeletionPage{cursor.pinned, {}, DeletionPosition{moment, cursor.pinned}});
  LEDGER_CHECK(next.has_value());
  const auto following = read_deletion_query(with_cursor(routed, *next));
  LEDGER_CHECK(check_query(following));
  LEDGER_CHECK(following->after == (DeletionPosition{moment, cursor.pinned}));
}

void check_relations(const Routed& routed, const Cursor& cursor) {
  if (!check_query(read_relation_query(routed, kNow))) return;
  const auto next = next_cursor(routed, RelationPage{cursor.pinned, {}, RelationId(cursor.position)});
  LEDGER_CHECK(next.has_value());
  const auto following = read_relation_query(with_cursor(routed, *next), kNow);
  LEDGER_CHECK(check_query(following));
  LEDGER_CHECK(following->after == RelationId(cursor.position));
}

void check_history(const Routed& routed, const Cursor& cursor) {
  if (!check_query(read_history_query(routed))) return;
  EventPage page;
  page.events.emplace_back().sequence = cursor.pinned;
  page.last_sequence = cursor.pinned;
  page.has_more = true;
  const auto next = next_cursor(routed, page);
  LEDGER_CHECK(next.has_value());
  const auto following = read_history_query(with_cursor(routed, *next));
  LEDGER_CHECK(check_query(following));
  LEDGER_CHECK(following->through == cursor.pinned && following->after == cursor.pinned);
}

void check_locations(const Routed& routed, const Cursor& cursor) {
  if (!check_query(read_location_query(routed))) return;
  const auto next = next_cursor(routed, LocationPage{cursor.pinned, {}, LocationId(cursor.position)});
  LEDGER_CHECK(next.has_value());
  const auto following = read_location_query(with_cursor(routed, *next));
  LEDGER_CHECK(check_query(following));
  LEDGER_CHECK(following->after == LocationId(cursor.position));
}

void check_log(const Routed& routed) {
  const auto query = read_event_query(routed);
  if (check_query(query)) LEDGER_CHECK(query->after.value() >= 0);
}

void check_event(const Routed& routed) {
  const auto sequence = read_sequence(routed);
  if (!sequence) return check_refusal(sequence.error());
  LEDGER_CHECK(sequence->value() >= 0);
}

void check_question(const Routed& routed, const Cursor& cursor) {
  const std::string_view path = routed.route->path;
  if (path == "/v1/locations") return check_locations(routed, cursor);
  if (path == "/v1/events") return check_log(routed);
  if (path == "/v1/events/{sequence}") return check_event(routed);
  if (path.ends_with("/associations")) return check_associations(routed, cursor);
  if (path.ends_with("/deletions")) return check_deletions(routed, cursor);
  if (path.ends_with("/relations")) return check_relations(routed, cursor);
  if (path.ends_with("/events")) return check_history(routed, cursor);
  if (path.ends_with("/relations/{id}")) {
    const auto query = read_relation(routed, kNow);
    if (check_query(query)) LEDGER_CHECK(query->filter.id == RelationId(routed.captures.at(1)));
    return;
  }
  LEDGER_CHECK(path.ends_with("/associations/{id}"));
  LEDGER_CHECK(read_association_key(routed).id.value() == routed.captures.at(1));
}

bool is_same(const Cursor& left, const Cursor& right) {
  return left.pinned == right.pinned && left.position == right.position;
}

std::string damaged(std::string text, std::string_view damage) {
  for (std::size_t at = 0; at + 1 < damage.size() && !text.empty(); at += 2) {
    const auto place = static_cast<unsigned char>(damage[at]) % text.size();
    if (damage[at + 1] == '-') {
      text.erase(place, 1);
    } else if (damage[at + 1] == '+') {
      text.insert(place, 1, damage[at]);
    } else {
      text[place] = damage[at + 1];
    }
  }
  return text;
}

/// A cursor comes back as it was, for its own query alone, and only in the text that was given out.
void check_cursor(const Routed& routed, const Cursor& cursor, std::string_view damage, std::string_view foreign) {
  const std::string text = encode_cursor(cursor, routed);
  LEDGER_CHECK(percent_encode(text) == text);
  const Result<Cursor> same = decode_cursor(text, routed);
  LEDGER_CHECK(same && is_same(*same, cursor));

  const std::string broken = damaged(text, damage);
  LEDGER_CHECK(decode_cursor(broken, routed).has_value() == (broken == text));
  const Result<Cursor> found = decode_cursor(foreign, routed);
  LEDGER_CHECK(found ? encode_cursor(*found, routed) == foreign : found.error().reason == "invalid-cursor");

  Routed elsewhere = routed;
  elsewhere.parameters.push_back({"other", std::string(damage)});
  LEDGER_CHECK(!decode_cursor(text, elsewhere));
  for (std::size_t i = 0; i < routed.parameters.size(); ++i) {
    elsewhere = routed;
    elsewhere.parameters[i].value += '&';
    const std::string& name = routed.parameters[i].name;
    LEDGER_CHECK(decode_cursor(text, elsewhere).has_value() == (name == "limit" || name == "cursor"));
  }
  if (routed.captures.empty()) return;
  elsewhere = routed;
  elsewhere.captures.front() += '/';
  LEDGER_CHECK(!decode_cursor(text, elsewhere));

  // The link to the next page is a target of the same route.
  const std::string link = next_link(routed, "cursor", text);
  LEDGER_CHECK(link.starts_with('<') && link.ends_with(">; rel=\"next\"") && link.find('>') == link.rfind('>'));
  const std::optional<Routed> next = route(std::string_view(link).substr(1, link.find('>') - 1));
  if (std::ranges::find(routed.route->parameters, "cursor") == routed.route->parameters.end()) return;
  LEDGER_CHECK(next && next->route == routed.route && next->captures == routed.captures);
  LEDGER_CHECK(decode_cursor(*next->parameter("cursor"), *next).has_value());
}

}  // namespace

void fuzz_query(std::string_view input) {
  Input lines(input);
  const std::optional<Routed> routed = route(lines.line());
  if (!routed) return;
  const std::string_view page = lines.line();
  const std::size_t blank = std::min(page.find(' '), page.size());
  Cursor cursor;
  cursor.pinned = Sequence(std::max<std::int64_t>(0, parse_number(page.substr(0, blank)).value));
  cursor.position = page.substr(std::min(blank + 1, page.size()));
  const std::string_view damage = lines.line();
  const std::string_view foreign = lines.line();

  check_question(*routed, cursor);
  // A position may be forged, since anybody can make the checksum: whatever it says, it is read or refused.
  check_question(with_cursor(*routed, encode_cursor(cursor, *routed)), cursor);
  check_cursor(*routed, cursor, damage, foreign);
}

}  // namespace ledger::fuzz
