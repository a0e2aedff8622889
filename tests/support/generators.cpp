// How random events are made.
#include "tests/support/generators.h"

#include "domain/check.h"
#include "domain/webhook_decoder.h"

#include <cstdio>
#include <cstdlib>
#include <variant>

namespace ledger::test {
namespace {

struct FieldChoices {
  std::string_view name;
  std::vector<std::string_view> values;
};

/// Values that need no escape in JSON. Bytes above 0x7f are among them, so that a signed comparison of bodies would show.
const std::vector<FieldChoices>& association_fields() {
  static const std::vector<FieldChoices> choices = {
      {"key", {"owner_home", "k\xc3\xa4ufer"}},
      {"associationType", {"USER_DEFINED", "SYSTEM_DEFINED"}},
      {"firstObjectKey", {"contact", "custom_objects.property"}},
      {"firstObjectLabel", {"Owner", "Zebra", "\xc3\x84gent", ""}},
      {"firstObjectToSecondObjectCardinality", {"MANY_TO_MANY", "ONE_TO_ONE"}},
      {"secondObjectKey", {"business", "opportunity"}},
      {"secondObjectLabel", {"Home", "\xe5\xae\xb6", "a"}},
      {"secondObjectToFirstObjectCardinality", {"MANY_TO_MANY", "ONE_TO_ONE"}},
  };
  return choices;
}

const std::vector<FieldChoices>& relation_fields() {
  static const std::vector<FieldChoices> choices = {
      {"firstObjectKey", {"contact", "custom_objects.property"}},
      {"firstRecordId", {"r1", "r2", "k\xc3\xa4ufer"}},
      {"secondObjectKey", {"business", "opportunity"}},
      {"secondRecordId", {"r1", "r2", "r3"}},
      {"associationId", {"a", "b"}},
  };
  return choices;
}

void append_member(std::string& body, std::string_view name, std::string_view value) {
  body += body.empty() ? "{\"" : ",\"";
  body.append(name).append("\":\"").append(value).append("\"");
}

NewEvent random_event_of(Random& random, EventKind kind, const std::vector<FieldChoices>& fields, const AssociationKey& key, Dating dating) {
  // Long before what FakeClock tells, and about then: so that what has a timestamp sorts in front of what has none, and behind it.
  constexpr Timestamp kLongAgo = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};
  constexpr Timestamp kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12};
  std::string body;
  append_member(body, "id", key.id.value());
  append_member(body, "locationId", key.location.value());
  for (const FieldChoices& field : fields) {
    if (random.chance(40)) append_member(body, field.name, random.pick(field.values));
  }
  if (dating == Dating::all || random.chance(50)) {
    append_member(body, "timestamp", format_rfc3339((random.chance(70) ? kLongAgo : kNow) + std::chrono::milliseconds{random.below(12)}));
  }
  // Some bodies name their event, others leave it to the path: then one body can be two events.
  const bool names_event = random.chance(50);
  if (names_event) append_member(body, "type", name(kind));
  body += "}";
  return new_event(std::move(body), names_event ? std::nullopt : std::optional{kind});
}

}  // namespace

std::uint64_t test_seed() {
  if (const char* given = std::getenv("LEDGER_TEST_SEED"); given != nullptr) return std::strtoull(given, nullptr, 10);
  const std::uint64_t drawn = std::random_device{}();
  // At once: of a test that ends the process nothing else is left.
  std::printf("LEDGER_TEST_SEED=%llu\n", static_cast<unsigned long long>(drawn));
  std::fflush(stdout);
  return drawn;
}

NewEvent new_event(std::string body, std::optional<EventKind> path_event) {
  auto decoding = decode_webhook(body, path_event);
  LEDGER_CHECK(std::holds_alternative<DecodedEvent>(decoding));
  NewEvent event;
  event.decoded = std::get<DecodedEvent>(std::move(decoding));
  event.delivery.body_sha256 = sha256(body);
  event.delivery.body = std::move(body);
  return event;
}

NewEvent random_event(Random& random, const AssociationKey& key, Dating dating) {
  static const std::vector<EventKind> kinds = {EventKind::association_create, EventKind::association_update, EventKind::association_update,
                                               EventKind::association_delete};
  return random_event_of(random, random.pick(kinds), association_fields(), key, dating);
}

NewEvent random_event_of_any_kind(Random& random, const AssociationKey& key, Dating dating) {
  if (random.chance(60)) return random_event(random, key, dating);
  static const std::vector<EventKind> kinds = {EventKind::relation_create, EventKind::relation_create, EventKind::relation_delete, EventKind::install,
                                               EventKind::uninstall};
  return random_event_of(random, random.pick(kinds), relation_fields(), key, dating);
}

NewEvent random_delivery(Random& random, const Places& places) {
  const AssociationKey association{LocationId(random.pick(places.locations)), AssociationId(random.pick(places.ids))};
  NewEvent event = random_event_of_any_kind(random, association, random.chance(70) ? Dating::all : Dating::some);
  std::string body = event.delivery.body;
  body.pop_back();
  // The platform's are UUIDs, which are kept in another form than a text that is none.
  const std::string number = std::to_string(10 + random.below(40));
  if (random.chance(60)) append_member(body, "webhookId", (random.chance(50) ? "881b9415-5d35-4ff1-a667-0545b80b96" : "w") + number);
  if (random.chance(30)) append_member(body, "traceId", "t" + number);
  event = new_event(body + "}", event.decoded.kind);
  if (random.chance(30)) {
    event.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, random.chance(50) ? 'a' : 'b')), std::string(64, 's')};
  }
  return event;
}

FoldEvent fold_event(const NewEvent& event, Sequence sequence, Timestamp recorded_at) {
  FoldEvent folded;
  folded.sequence = sequence;
  folded.kind = event.decoded.kind;
  folded.is_dated = event.decoded.occurred_at && !is_ahead(*event.decoded.occurred_at, recorded_at);
  folded.effective_at = folded.is_dated ? *event.decoded.occurred_at : recorded_at;
  folded.body = event.delivery.body;
  folded.definition = event.decoded.definition;
  folded.relation = event.decoded.relation;
  return folded;
}

}  // namespace ledger::test
