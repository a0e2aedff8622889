// The deliveries that are sent: what their ids are, and their bytes.
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

/// How the ids of new associations follow one another.
enum class IdOrder {
  time,  ///< ObjectIds, the second in front, as the platform makes them.
  none,  ///< Of the same form, but random in all their digits.
};

/// A well-mixed number for each number.
[[nodiscard]] std::uint64_t mixed(std::uint64_t number) noexcept;

/// 20 letters and digits, as the platform's; derived from `index`, so that every process means the same location by it.
[[nodiscard]] std::string location_id(std::uint64_t index);

/// An ObjectId of 24 hex digits, derived from `number`, greater for greater ones but for those of one second: of associations to be found again.
[[nodiscard]] std::string association_id(std::uint64_t number);

/// The request that carries no body, with the header fields that a client sends.
[[nodiscard]] std::string get_request(std::string_view target, std::string_view more_fields = {});

/// Writes deliveries of some 450 bytes like tests/support/samples/association-delete.enveloped.json, but without versionId and appId. Costs some 100
/// ns each: within a few labels all are of one length, so a new one is made by writing four fields over an old one.
class DeliveryWriter {
 public:
  explicit DeliveryWriter(std::uint64_t seed);

  /// A whole POST, with a new random webhook id and `now` as its time. `location` has 20 bytes, `association` has 24. Ends with the next call.
  [[nodiscard]] std::string_view request(EventKind kind, std::string_view location, std::string_view association, Timestamp now);
  /// The same with an association that was made now.
  [[nodiscard]] std::string_view request_of_new_association(std::string_view location, Timestamp now, IdOrder order = IdOrder::time);
  /// The body of the last request.
  [[nodiscard]] std::string_view body() const noexcept;

  [[nodiscard]] Random& random() noexcept { return random_; }

 private:
  struct Form {
    std::string request;
    std::size_t body = 0;  ///< Where it begins, as the following do.
    std::size_t location = 0;
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

/// A POST of `body` with a signature over it, as the platform sends it.
[[nodiscard]] std::string signed_request(std::string_view body, std::string_view signature_base64);

}  // namespace ledger::bench
