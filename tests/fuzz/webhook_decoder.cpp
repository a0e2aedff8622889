// Fuzzes the decoder. The input is a body; it is decoded without a path and with the path of every event.
#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/utf8.h"
#include "domain/webhook_decoder.h"

#include "server/http/problem.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

namespace ledger::fuzz {
namespace {

namespace json = boost::json;

constexpr std::array<EventKind, 3> kPathEvents = {EventKind::association_create, EventKind::association_update, EventKind::association_delete};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void check_id(const std::string& id) {
  LEDGER_CHECK(!id.empty() && id.size() <= kIdBytesMax);
  LEDGER_CHECK(std::none_of(id.begin(), id.end(), is_control));
  LEDGER_CHECK(is_valid_utf8(id));
}

/// The value of a member in Boost.JSON's tree of the document. The decoder uses the event parser instead.
std::optional<std::string> text_in(const json::object& document, std::string_view name) {
  const auto* value = document.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr || value->is_null()) return std::nullopt;
  LEDGER_CHECK(value->is_string());
  return std::string(value->get_string().begin(), value->get_string().end());
}

void check_text(const json::object& document, std::string_view name, const std::optional<std::string>& text) {
  LEDGER_CHECK(text == text_in(document, name));
  LEDGER_CHECK(!text || (is_valid_utf8(*text) && text->find('\0') == std::string::npos));
}

template <class Id>
void check_optional_id(const json::object& document, std::string_view name, const std::optional<Id>& id) {
  LEDGER_CHECK(id.has_value() == text_in(document, name).has_value());
  if (!id) return;
  check_id(id->value());
  check_text(document, name, id->value());
}

void check_moment(const json::object& document, std::optional<Timestamp> moment) {
  const auto text = text_in(document, "timestamp");
  LEDGER_CHECK(text.has_value() == moment.has_value());
  if (!moment) return;
  LEDGER_CHECK(parse_rfc3339(*text) == moment);
  LEDGER_CHECK(parse_rfc3339(format_rfc3339(*moment)) == moment);
}

void check_event(const json::object& document, const DecodedEvent& event, std::optional<EventKind> path_event) {
  const auto type = text_in(document, "type");
  const bool is_typed = type && !type->empty();
  LEDGER_CHECK(is_typed || path_event);
  LEDGER_CHECK(name(event.kind) == (is_typed ? std::string_view(*type) : name(*path_event)));
  LEDGER_CHECK(event.flags.has(EventFlag::event_mismatch) == (path_event && *path_event != event.kind));
  LEDGER_CHECK((event.flags.bits() & ~static_cast<unsigned>(EventFlag::event_mismatch)) == 0);

  check_optional_id(document, "id", std::optional{event.association.id});
  check_optional_id(document, "locationId", std::optional{event.association.location});
  check_optional_id(document, "webhookId", event.webhook_id);
  check_optional_id(document, "traceId", event.trace_id);
  check_moment(document, event.occurred_at);
  check_text(document, "key", event.definition.key);
  check_text(document, "associationType", event.definition.association_type);
  check_text(document, "firstObjectKey", event.definition.first_object_key);
  check_text(document, "firstObjectLabel", event.definition.first_object_label);
  check_text(document, "firstObjectToSecondObjectCardinality", event.definition.first_to_second_cardinality);
  check_text(document, "secondObjectKey", event.definition.second_object_key);
  check_text(document, "secondObjectLabel", event.definition.second_object_label);
  check_text(document, "secondObjectToFirstObjectCardinality", event.definition.second_to_first_cardinality);
}

/// Whether every tilde of an RFC 6901 pointer begins an escape.
bool is_pointer(std::string_view pointer) {
  for (std::size_t at = pointer.find('~'); at != std::string_view::npos; at = pointer.find('~', at + 1)) {
    if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) return false;
  }
  return pointer.empty() || pointer.front() == '/';
}

void check_issues(const std::vector<DecodeIssue>& issues) {
  LEDGER_CHECK(!issues.empty());
  for (const DecodeIssue& issue : issues) {
    LEDGER_CHECK(is_pointer(issue.pointer));
    LEDGER_CHECK(server::find_reason(issue.reason) != nullptr);
    LEDGER_CHECK(!issue.detail.empty());
  }
  // The response to the sender is JSON, whatever bytes the pointers contain.
  const auto answer = server::problem(400, Error{Errc::invalid_request, issues.front().reason, issues.front().detail}, issues);
  boost::system::error_code fault;
  const json::value document = json::parse(answer.body, fault);
  LEDGER_CHECK(!fault);
  LEDGER_CHECK(document.at("errors").as_array().size() == issues.size());
}

/// The whole result, as one text for comparison.
std::string describe(const Decoding& decoding) {
  std::string text = std::to_string(decoding.index());
  const auto add = [&text](const std::optional<std::string>& part) { text += part ? "\n=" + *part : "\n-"; };
  if (const auto* undecodable = std::get_if<Undecodable>(&decoding)) {
    for (const DecodeIssue& issue : undecodable->issues) {
      for (const std::string& part : {issue.pointer, std::string(issue.reason), issue.detail}) add(part);
    }
  } else if (const auto* not_kept = std::get_if<NotKept>(&decoding)) {
    add(not_kept->type);
    add(not_kept->webhook_id.value_or(WebhookId{}).value());
    add(not_kept->trace_id.value_or(TraceId{}).value());
  } else {
    const auto& event = std::get<DecodedEvent>(decoding);
    add(std::string(name(event.kind)) + std::to_string(event.flags.bits()));
    for (const std::string& id : {event.association.id.value(), event.association.location.value(), event.webhook_id.value_or(WebhookId{}).value(),
                                  event.trace_id.value_or(TraceId{}).value()}) {
      add(id);
    }
    add(event.occurred_at ? format_rfc3339(*event.occurred_at) : "");
    const Definition& definition = event.definition;
    for (const auto& field : {definition.key, definition.association_type, definition.first_object_key, definition.first_object_label,
                              definition.first_to_second_cardinality, definition.second_object_key, definition.second_object_label,
                              definition.second_to_first_cardinality}) {
      add(field);
    }
  }
  return text;
}

void check_decoding(std::string_view body, std::optional<EventKind> path_event) {
  const Decoding decoding = decode_webhook(body, path_event);
  LEDGER_CHECK(describe(decoding) == describe(decode_webhook(std::string(body), path_event)));
  if (const auto* undecodable = std::get_if<Undecodable>(&decoding)) return check_issues(undecodable->issues);

  LEDGER_CHECK(is_valid_utf8(body));
  const json::value value = json::parse(json::string_view(body.data(), body.size()));
  const json::object& document = value.as_object();
  if (const auto* not_kept = std::get_if<NotKept>(&decoding)) {
    check_id(not_kept->type);
    check_text(document, "type", not_kept->type);
    const auto kind = event_kind(not_kept->type);
    LEDGER_CHECK(!kind || subject_kind(*kind) != SubjectKind::association);
    if (not_kept->webhook_id) check_optional_id(document, "webhookId", not_kept->webhook_id);
    if (not_kept->trace_id) check_optional_id(document, "traceId", not_kept->trace_id);
  } else {
    check_event(document, std::get<DecodedEvent>(decoding), path_event);
  }
}

}  // namespace

void fuzz_webhook_decoder(std::string_view input) {
  check_decoding(input, std::nullopt);
  for (const EventKind path_event : kPathEvents) check_decoding(input, path_event);
}

}  // namespace ledger::fuzz
