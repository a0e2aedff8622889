// An event in its three forms: decoded from a delivery, ready to be appended, and recorded in the log.
#pragma once

#include "domain/digest.h"
#include "domain/ids.h"
#include "domain/result.h"
#include "domain/timestamp.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// The kinds of event that the ledger keeps. Written to disk: never renumber.
enum class EventKind : std::uint8_t {
  association_create = 1,
  association_update = 2,
  association_delete = 3,
  relation_create = 4,
  relation_delete = 5,
  install = 6,
  uninstall = 7,
  observed = 8,  ///< Import or reconciliation saw the subject. Never a webhook.
  missing = 9,   ///< Import or reconciliation did not find the subject. Never a webhook.
};

/// The kinds that arrive as webhooks.
inline constexpr std::array kWebhookKinds = {
    EventKind::association_create, EventKind::association_update, EventKind::association_delete,
    EventKind::relation_create,    EventKind::relation_delete,    EventKind::install,
    EventKind::uninstall,
};

/// Whether it is what import or reconciliation saw, and no webhook.
[[nodiscard]] constexpr bool is_observation(EventKind kind) noexcept {
  return kind == EventKind::observed || kind == EventKind::missing;
}

/// "AssociationCreate", …: as the platform spells a webhook in bodies and in paths; "Observed" and "Missing". Static storage.
[[nodiscard]] std::string_view name(EventKind kind) noexcept;
/// The webhook of exactly that name.
[[nodiscard]] std::optional<EventKind> event_kind(std::string_view name) noexcept;

/// What an event is about. Written to disk: never renumber.
enum class SubjectKind : std::uint8_t {
  association = 1,
  relation = 2,
  location = 3,
};

/// "association", "relation", "location". Static storage.
[[nodiscard]] std::string_view name(SubjectKind kind) noexcept;
/// REQUIRES a kind of kWebhookKinds: an observation can be about any subject.
[[nodiscard]] SubjectKind subject_kind(EventKind kind) noexcept;

/// How an event reached the ledger. Written to disk: never renumber.
enum class Source : std::uint8_t {
  webhook = 1,
  import = 2,
  reconcile = 3,
};

/// "webhook", "import", "reconcile". Static storage.
[[nodiscard]] std::string_view name(Source source) noexcept;

/// A condition that was noticed when an event was recorded. Written to disk as a bit set: never renumber.
enum class EventFlag : std::uint32_t {
  event_mismatch = 1,   ///< The URL path named another event than the body's `type`. The `type` was used.
  late = 2,             ///< An event of the same subject with a later effective time was already recorded.
  after_delete = 4,     ///< A Create or Update of a subject whose Delete was already recorded.
  kind_from_path = 8,   ///< Only the URL path, which no signature covers, named the event, or the operator who admitted it.
  kind_conflict = 16,   ///< The same body with the same webhook id was already recorded as another kind. Never folded.
  kind_respelled = 32,  ///< The body's `type` was not spelled as documented.
  field_unread = 64,    ///< An optional field could not be read and counts as absent, or a character in it was replaced by U+FFFD.
  ahead = 128,          ///< The body's `timestamp` was more than a day ahead of the arrival, so the event counts as undated.
  repeat = 256,         ///< The same bytes were already recorded.
  recreated = 512,      ///< A Create that began a new life of a deleted subject.
};

inline constexpr std::array kEventFlags = {
    EventFlag::event_mismatch, EventFlag::late,         EventFlag::after_delete, EventFlag::kind_from_path, EventFlag::kind_conflict,
    EventFlag::kind_respelled, EventFlag::field_unread, EventFlag::ahead,        EventFlag::repeat,         EventFlag::recreated,
};

/// "event_mismatch", …. Static storage.
[[nodiscard]] std::string_view name(EventFlag flag) noexcept;

/// A set of flags.
class EventFlags {
 public:
  EventFlags() = default;
  explicit EventFlags(std::uint32_t bits) noexcept : bits_(bits) {}

  void set(EventFlag flag) noexcept { bits_ |= static_cast<std::uint32_t>(flag); }
  [[nodiscard]] bool has(EventFlag flag) const noexcept { return (bits_ & static_cast<std::uint32_t>(flag)) != 0; }
  [[nodiscard]] std::uint32_t bits() const noexcept { return bits_; }

  friend EventFlags operator|(EventFlags left, EventFlags right) noexcept { return EventFlags(left.bits_ | right.bits_); }
  friend bool operator==(EventFlags, EventFlags) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// The fields of an association definition. An absent field was not in the event; it does not mean "empty". Cardinalities and types may be any text.
struct Definition {
  std::optional<std::string> key;
  std::optional<std::string> association_type;
  std::optional<std::string> first_object_key;
  std::optional<std::string> first_object_label;
  std::optional<std::string> first_to_second_cardinality;
  std::optional<std::string> second_object_key;
  std::optional<std::string> second_object_label;
  std::optional<std::string> second_to_first_cardinality;

  friend bool operator==(const Definition&, const Definition&) = default;
};

/// Its fields. AssociationState::inferred counts them in this order.
inline constexpr std::array kDefinitionFields = {
    &Definition::key,
    &Definition::association_type,
    &Definition::first_object_key,
    &Definition::first_object_label,
    &Definition::first_to_second_cardinality,
    &Definition::second_object_key,
    &Definition::second_object_label,
    &Definition::second_to_first_cardinality,
};
/// The length of all its fields, in bytes.
[[nodiscard]] std::size_t text_bytes(const Definition& definition) noexcept;

/// What an event says about a relation, which connects two records. An absent field was not in the event.
struct Relation {
  std::optional<AssociationId> association;
  std::optional<std::string> first_object_key;
  std::optional<RecordId> first_record;
  std::optional<std::string> second_object_key;
  std::optional<RecordId> second_record;

  friend bool operator==(const Relation&, const Relation&) = default;
};

/// The content of a delivery, derived from its body and from the path that it arrived on.
struct DecodedEvent {
  EventKind kind{};
  AssociationKey association;  ///< The subject. `id` is that of the relation if the event is about one, and empty if it is about a location.
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  std::optional<Timestamp> occurred_at;  ///< The body's `timestamp`.
  Definition definition;                 ///< Of an association; otherwise empty.
  Relation relation;                     ///< Of a relation; otherwise empty.
  EventFlags flags;  ///< Only event_mismatch, kind_from_path, kind_respelled and field_unread. The others need the log or a clock.
};

/// The algorithm of a signature. Written to disk: never renumber.
enum class SignatureScheme : std::uint8_t {
  ed25519 = 1,           ///< X-GHL-Signature
  rsa_pkcs1_sha256 = 2,  ///< X-WH-Signature, legacy
};

/// "ed25519", "rsa-pkcs1-sha256". Static storage.
[[nodiscard]] std::string_view name(SignatureScheme scheme) noexcept;

/// A verified signature over a body, with all that is needed to verify it again later.
struct Signature {
  SignatureScheme scheme{};
  KeyId key_id;
  std::string value;  ///< Raw bytes, not base64.

  friend bool operator==(const Signature&, const Signature&) = default;
};

/// The bytes of a delivery and the signature over them.
struct Delivery {
  Source source = Source::webhook;
  std::string body;  ///< Verbatim.
  Sha256 body_sha256{};
  std::optional<Signature> signature;  ///< Absent in development mode only.
};

/// The quarantined delivery that becomes an event.
struct Admission {
  enum class Mode { commit, dry_run };

  QuarantineId quarantine;
  Timestamp received_at;     ///< When the delivery was put in quarantine.
  Mode mode = Mode::commit;  ///< A dry run finds out what append() would answer, and writes nothing.
};

/// An event to append.
struct NewEvent {
  DecodedEvent decoded;
  Delivery delivery;
  std::optional<Admission> admission = {};
};

/// An authentic delivery that could not be decoded, to be kept in quarantine.
struct NewQuarantine {
  Delivery delivery;
  std::optional<EventKind> path_event;  ///< The event named by the URL path, which is needed to decode the body again.
  std::string reason;                   ///< What is wrong with it, as the response to the sender says.
};

/// What an operator decided about a quarantined delivery.
struct QuarantineDecision {
  enum class Kind {
    admitted,   ///< It became the event `sequence`.
    duplicate,  ///< It was admitted when its event was recorded already, as `sequence`.
    dismissed,  ///< It stays what it is. It can still be admitted.
  };
  Kind kind{};
  Timestamp decided_at;
  std::optional<Sequence> sequence = {};

  friend bool operator==(const QuarantineDecision&, const QuarantineDecision&) = default;
};
/// conflict ("already-admitted"), naming the event.
[[nodiscard]] Error already_admitted(Sequence event);
/// "admitted", "duplicate", "dismissed": also on disk. Static storage.
[[nodiscard]] std::string_view name(QuarantineDecision::Kind kind) noexcept;

/// A delivery in quarantine.
struct QuarantinedDelivery {
  QuarantineId id;
  std::optional<EventKind> path_event;
  std::string reason;  ///< As in NewQuarantine.
  Timestamp received_at;
  std::size_t body_bytes = 0;
  Delivery delivery;  ///< In a list its body is empty.
  std::optional<QuarantineDecision> decision = {};
};

/// An event in the log.
struct RecordedEvent {
  Sequence sequence;
  EventKind kind{};
  SubjectKind subject =
      SubjectKind::association;  ///< That of the kind, unless the event is a conflict: then it belongs to what the first kind is about.
  AssociationKey association;    ///< As in DecodedEvent, for the kind `subject`.
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  Timestamp effective_at;                ///< Orders the events of a subject: occurred_at if that is believed, else the time of arrival.
  std::optional<Timestamp> occurred_at;  ///< What the sender said.
  Timestamp recorded_at;                 ///< Not before that of the preceding event.
  Timestamp received_at;                 ///< The time of arrival: recorded_at, unless the delivery was in quarantine until then.
  std::optional<QuarantineId> quarantine;
  EventFlags flags;
  Delivery delivery;
};

}  // namespace ledger
