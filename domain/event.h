// An event in its three forms: decoded from a delivery, ready to be appended, and recorded in the log.
#pragma once

#include "domain/digest.h"
#include "domain/ids.h"
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
};

/// "AssociationCreate", …: as the platform spells it in bodies and in paths. Static storage.
[[nodiscard]] std::string_view name(EventKind kind) noexcept;
[[nodiscard]] std::optional<EventKind> event_kind(std::string_view name) noexcept;

/// How an event reached the ledger. Written to disk: never renumber.
enum class Source : std::uint8_t {
  webhook = 1,
};

/// "webhook". Static storage.
[[nodiscard]] std::string_view name(Source source) noexcept;

/// A condition that was noticed when an event was recorded. Written to disk as a bit set: never renumber.
enum class EventFlag : std::uint8_t {
  event_mismatch = 1,  ///< The URL path named another event than the body's `type`. The `type` was used.
  late = 2,            ///< An event of the same association with a later effective time was already recorded.
  after_delete = 4,    ///< A Create or Update of an association whose Delete was already recorded.
};

/// "event_mismatch", …. Static storage.
[[nodiscard]] std::string_view name(EventFlag flag) noexcept;

/// A set of flags.
class EventFlags {
 public:
  EventFlags() = default;
  explicit EventFlags(std::uint8_t bits) noexcept : bits_(bits) {}

  void set(EventFlag flag) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | static_cast<std::uint8_t>(flag)); }
  [[nodiscard]] bool has(EventFlag flag) const noexcept { return (bits_ & static_cast<std::uint8_t>(flag)) != 0; }
  [[nodiscard]] std::uint8_t bits() const noexcept { return bits_; }

  friend EventFlags operator|(EventFlags left, EventFlags right) noexcept { return EventFlags(static_cast<std::uint8_t>(left.bits_ | right.bits_)); }
  friend bool operator==(EventFlags, EventFlags) = default;

 private:
  std::uint8_t bits_ = 0;
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

/// Its fields, in the order of the members.
[[nodiscard]] std::array<const std::optional<std::string>*, 8> texts_of(const Definition& definition) noexcept;
/// The length of all its fields, in bytes.
[[nodiscard]] std::size_t text_bytes(const Definition& definition) noexcept;

/// The content of a delivery, derived from its body and from the path that it arrived on.
struct DecodedEvent {
  EventKind kind{};
  AssociationKey association;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  std::optional<Timestamp> occurred_at;  ///< The body's `timestamp`.
  Definition definition;
  EventFlags flags;  ///< Only event_mismatch. The others need the log.
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

/// An event to append.
struct NewEvent {
  DecodedEvent decoded;
  Delivery delivery;
};

/// An authentic delivery that could not be decoded, to be kept in quarantine.
struct NewQuarantine {
  Delivery delivery;
  std::optional<EventKind> path_event;  ///< The event named by the URL path, which is needed to decode the body again.
  std::string reason;                   ///< What is wrong with it, as the response to the sender says.
};

/// An event in the log.
struct RecordedEvent {
  Sequence sequence;
  EventKind kind{};
  AssociationKey association;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  std::optional<Timestamp> occurred_at;
  Timestamp recorded_at;  ///< Not before that of the preceding event.
  EventFlags flags;
  Delivery delivery;
};

}  // namespace ledger
