// The bytes of the deliveries that are sent, and their ids.
#pragma once

#include "domain/event.h"
#include "domain/timestamp.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

using Random = std::mt19937_64;

/// A hash of `number`.
[[nodiscard]] std::uint64_t mixed(std::uint64_t number) noexcept;

/// 20 letters and digits, like the platform's. Derived from `index`, so every process uses the same ids.
[[nodiscard]] std::string location_id(std::uint64_t index);

/// An ObjectId of 24 hex digits, derived from `number`. It begins with a second; 50 numbers share one. Used for associations that are asked for
/// later.
[[nodiscard]] std::string association_id(std::uint64_t number);

/// A GET request. `more_fields` are whole header lines.
[[nodiscard]] std::string get_request(std::string_view target, std::string_view more_fields = {});

/// Writes deliveries of about 450 bytes, like tests/support/samples/association-delete.enveloped.json without versionId and appId. A delivery costs
/// about 100 ns: four fields are overwritten in a request that was rendered before. Not thread-safe.
class DeliveryWriter {
 public:
  explicit DeliveryWriter(std::uint64_t seed);

  /// A POST request with a random webhook id and `now` as its time. REQUIRES: `location` has 20 bytes, `subject` has 24. Valid until the next call.
  [[nodiscard]] std::string_view request(EventKind kind, std::string_view location, std::string_view subject, Timestamp now);
  /// The same for a relation. Its records have the ids of the relation and of the association. REQUIRES: those have 24 bytes.
  [[nodiscard]] std::string_view request_of_relation(EventKind kind, std::string_view location, std::string_view relation,
                                                     std::string_view association, Timestamp now);
  /// The Create of an association whose id is an ObjectId made at `now`, as the platform's ids are.
  [[nodiscard]] std::string_view request_of_new_association(std::string_view location, Timestamp now);
  /// The Delete of an association that the service does not know. All digits of its id are random.
  [[nodiscard]] std::string_view request_of_unknown_deletion(std::string_view location, Timestamp now);
  /// An Update of always the same association, at a random time of the year before `now`.
  [[nodiscard]] std::string_view request_of_late_update(std::string_view location, Timestamp now);
  /// The Create of a relation between two random records, of one of 20 associations. All digits of its id are random.
  [[nodiscard]] std::string_view request_of_new_relation(std::string_view location, Timestamp now);
  /// The body of the last request.
  [[nodiscard]] std::string_view body() const noexcept;

  [[nodiscard]] Random& random() noexcept { return random_; }

 private:
  struct Form {
    std::string request;
    std::size_t body = 0;  ///< The offset in `request`, like the others.
    std::size_t location = 0;
    std::size_t subject = 0;
    std::size_t first_record = 0;  ///< This and the next two only of relations.
    std::size_t second_record = 0;
    std::size_t association = 0;
    std::size_t timestamp = 0;
    std::size_t webhook = 0;
  };
  static Form make_form(EventKind kind, std::size_t label);

  Random random_;
  std::vector<Form> forms_;  ///< By kind, then by label.
  std::size_t last_ = 0;
  Timestamp written_{};
  std::string written_text_;
};

/// A POST request of `body` with its signature, as the platform sends it.
[[nodiscard]] std::string signed_request(std::string_view body, std::string_view signature_base64);

}  // namespace ledger::bench
