// The identifiers of the ledger as distinct types, so that a location cannot be passed for an association.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledger {

/// A value of a type of its own. Conversions are explicit in both directions; the order is that of the value.
template <class Tag, class Value>
class Named {
 public:
  Named() = default;
  explicit Named(Value value) : value_(std::move(value)) {}

  [[nodiscard]] const Value& value() const noexcept { return value_; }

  friend auto operator<=>(const Named&, const Named&) = default;

 private:
  Value value_{};
};

/// A customer account on the platform. Opaque; see kIdBytesMax.
using LocationId = Named<struct LocationIdTag, std::string>;
/// An association definition within one location. Some ids exist in every location, so it identifies nothing alone.
using AssociationId = Named<struct AssociationIdTag, std::string>;
/// A relation between two records, within one location.
using RelationId = Named<struct RelationIdTag, std::string>;
/// A record of an object ("contact", "custom_objects.…"), which a relation connects with another.
using RecordId = Named<struct RecordIdTag, std::string>;
/// The platform's id of one delivery, the same on every attempt.
using WebhookId = Named<struct WebhookIdTag, std::string>;
/// The platform's id for tracing.
using TraceId = Named<struct TraceIdTag, std::string>;
/// SHA-256 of a public key's SubjectPublicKeyInfo (DER), 64 lower-case hex digits.
using KeyId = Named<struct KeyIdTag, std::string>;
/// Position of an event in the log: 1, 2, 3, … without gaps, in commit order. 0 is before the first event.
using Sequence = Named<struct SequenceTag, std::int64_t>;
/// Number of a quarantined delivery: 1, 2, 3, … without gaps.
using QuarantineId = Named<struct QuarantineIdTag, std::int64_t>;

/// Longest id of any kind that is accepted, in bytes. The longest that was seen has 40.
inline constexpr std::size_t kIdBytesMax = 256;

/// Why a text is not an id: it has not 1 to kIdBytesMax bytes, or it contains a control character. UTF-8 is checked where the text comes from.
enum class IdFault { length, control_character };
[[nodiscard]] std::optional<IdFault> id_fault(std::string_view text) noexcept;

/// Identity of an association.
struct AssociationKey {
  LocationId location;
  AssociationId id;

  friend auto operator<=>(const AssociationKey&, const AssociationKey&) = default;
};

/// Identity of a relation.
struct RelationKey {
  LocationId location;
  RelationId id;

  friend auto operator<=>(const RelationKey&, const RelationKey&) = default;
};

}  // namespace ledger
