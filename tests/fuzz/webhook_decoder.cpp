// Fuzzes the decoder. The input is a body; it is decoded without a path and with the path of every event.
#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/event_type.h"
#include "domain/json_object_reader.h"
#include "domain/utf8.h"
#include "domain/webhook_decoder.h"

#include "server/http/problem.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace ledger::fuzz {
namespace {

namespace json = boost::json;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void check_id(const std::string& id) {
  LEDGER_CHECK(!id.empty() && id.size() <= kIdBytesMax);
  LEDGER_CHECK(std::none_of(id.begin(), id.end(), is_control));
  LEDGER_CHECK(is_valid_utf8(id));
}

template <class Id>
std::optional<std::string> checked(const std::optional<Id>& id) {
  if (!id) return std::nullopt;
  check_id(id->value());
  return id->value();
}

std::optional<std::string> checked(const std::optional<std::string>& text) {
  LEDGER_CHECK(!text || (is_valid_utf8(*text) && text->find('\0') == std::string::npos));
  return text;
}

using Texts = std::vector<std::pair<std::string_view, std::optional<std::string>>>;

Texts named_texts(const Definition& definition) {
  return {
      {"key", checked(definition.key)},
      {"associationType", checked(definition.association_type)},
      {"firstObjectKey", checked(definition.first_object_key)},
      {"firstObjectLabel", checked(definition.first_object_label)},
      {"firstObjectToSecondObjectCardinality", checked(definition.first_to_second_cardinality)},
      {"secondObjectKey", checked(definition.second_object_key)},
      {"secondObjectLabel", checked(definition.second_object_label)},
      {"secondObjectToFirstObjectCardinality", checked(definition.second_to_first_cardinality)},
  };
}

Texts named_texts(const Relation& relation) {
  return {
      {"associationId", checked(relation.association)},    {"firstObjectKey", checked(relation.first_object_key)},
      {"firstRecordId", checked(relation.first_record)},   {"secondObjectKey", checked(relation.second_object_key)},
      {"secondRecordId", checked(relation.second_record)},
  };
}

/// All texts of an event by the names of their fields. `timestamp` and `type` are not among them.
Texts named_texts(const DecodedEvent& event) {
  const SubjectKind subject = subject_kind(event.kind);
  Texts texts;
  if (subject == SubjectKind::association) texts = named_texts(event.definition);
  if (subject == SubjectKind::relation) texts = named_texts(event.relation);
  if (subject != SubjectKind::location) texts.emplace_back("id", checked(std::optional{event.association.id}));
  texts.emplace_back("locationId", checked(std::optional{event.association.location}));
  texts.emplace_back("webhookId", checked(event.webhook_id));
  texts.emplace_back("traceId", checked(event.trace_id));
  return texts;
}

/// The body as a tree of Boost.JSON, which refuses much that the decoder reads. nullopt also if a name is repeated.
std::optional<json::object> tree_of(std::string_view body) {
  boost::system::error_code refused;
  const json::value value = json::parse(json::string_view(body.data(), body.size()), refused);
  if (refused || !value.is_object()) return std::nullopt;
  JsonObjectReader reader(body);
  std::size_t members = 0;
  while (reader.next()) ++members;
  LEDGER_CHECK(!reader.fault());
  if (members != value.get_object().size()) return std::nullopt;
  return value.get_object();
}

const json::value* find(const json::object& tree, std::string_view name) {
  const auto* value = tree.if_contains(json::string_view(name.data(), name.size()));
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// The decoder read what the tree says, or left the field out and said so.
void check_against(const json::object& tree, const DecodedEvent& event) {
  bool is_unread = false;
  for (const auto& [name, text] : named_texts(event)) {
    const json::value* value = find(tree, name);
    if (text) {
      LEDGER_CHECK(value != nullptr && value->is_string() && *text == std::string_view(value->get_string().data(), value->get_string().size()));
    } else if (value != nullptr) {
      is_unread = true;
    }
  }
  LEDGER_CHECK(event.occurred_at.has_value() <= (find(tree, "timestamp") != nullptr));
  LEDGER_CHECK(!is_unread || event.flags.has(EventFlag::field_unread));
}

void check_event(std::string_view body, const DecodedEvent& event, std::optional<EventKind> path_event) {
  constexpr std::uint32_t kOfDecoder = 1 | 8 | 32 | 64;
  const EventFlags flags = event.flags;
  LEDGER_CHECK((flags.bits() & ~kOfDecoder) == 0);
  LEDGER_CHECK(flags.has(EventFlag::event_mismatch) == (path_event && *path_event != event.kind));
  LEDGER_CHECK(!flags.has(EventFlag::kind_from_path) || (event.kind == path_event && !flags.has(EventFlag::kind_respelled)));
  if (event.occurred_at) LEDGER_CHECK(parse_rfc3339(format_rfc3339(*event.occurred_at)) == event.occurred_at);

  const SubjectKind subject = subject_kind(event.kind);
  LEDGER_CHECK(event.definition == (subject == SubjectKind::association ? decode_definition(body) : Definition{}));
  LEDGER_CHECK(event.relation == (subject == SubjectKind::relation ? decode_relation(body) : Relation{}));
  static_cast<void>(named_texts(event));
  if (const auto tree = tree_of(body)) check_against(*tree, event);
}

void check_issues(const std::vector<DecodeIssue>& issues) {
  LEDGER_CHECK(!issues.empty());
  for (const DecodeIssue& issue : issues) {
    LEDGER_CHECK(issue.pointer.empty() || issue.pointer.front() == '/');
    LEDGER_CHECK(server::find_reason(issue.reason) != nullptr);
    LEDGER_CHECK(!issue.detail.empty());
  }
  // The response to the sender is JSON, whatever bytes the pointers contain.
  const auto answer =
      server::problem(Error{Errc::invalid_request, issues.front().reason, issues.front().detail}, server::RouteFamily::webhook, issues);
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
    add(checked(not_kept->webhook_id));
    add(checked(not_kept->trace_id));
  } else {
    const auto& event = std::get<DecodedEvent>(decoding);
    add(std::string(name(event.kind)) + std::to_string(event.flags.bits()));
    add(event.occurred_at ? format_rfc3339(*event.occurred_at) : "");
    for (const auto& [name, value] : named_texts(event)) add(value);
  }
  return text;
}

void check_decoding(std::string_view body, std::optional<EventKind> path_event) {
  const Decoding decoding = decode_webhook(body, path_event);
  LEDGER_CHECK(describe(decoding) == describe(decode_webhook(std::string(body), path_event)));
  if (const auto* undecodable = std::get_if<Undecodable>(&decoding)) return check_issues(undecodable->issues);
  if (const auto* event = std::get_if<DecodedEvent>(&decoding)) return check_event(body, *event, path_event);
  const auto& not_kept = std::get<NotKept>(decoding);
  check_id(not_kept.type);
  // Our own events are dropped in one case only.
  if (find_event_kind(not_kept.type)) LEDGER_CHECK(not_kept.because == NotKeptBecause::no_location);
  if (not_kept.because == NotKeptBecause::unknown) LEDGER_CHECK(!path_event && !mentions_kept_subject(not_kept.type));
}

}  // namespace

void fuzz_webhook_decoder(std::string_view input) {
  check_decoding(input, std::nullopt);
  for (const EventKind path_event : kWebhookKinds) check_decoding(input, path_event);
}

}  // namespace ledger::fuzz
