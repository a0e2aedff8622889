// From bytes to the flat members of one JSON object: what a webhook body is, before anybody asks what it means.
#pragma once

#include "domain/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ledger {

enum class JsonKind { null, string, other };

/// One member of the top-level object. What lies deeper is checked and dropped.
struct JsonMember {
  std::string_view name;
  JsonKind kind{};
  std::string_view text;  ///< Of a string, without escapes; else empty.

  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// The members in the order of the text, a repeated name as often as it stands there. What they say lives as long as the object that owns them,
/// and stays where it is when that is moved.
class JsonObject {
 public:
  JsonObject(std::unique_ptr<const char[]> characters, std::vector<JsonMember> members) noexcept
      : characters_(std::move(characters)), members_(std::move(members)) {}

  [[nodiscard]] std::span<const JsonMember> members() const noexcept { return members_; }

 private:
  std::unique_ptr<const char[]> characters_;
  std::vector<JsonMember> members_;
};

/// Deepest nesting of objects and arrays in a body. The platform's own payloads have two levels.
inline constexpr std::size_t json_depth_max = 32;

/// Memory is bounded by a multiple of `body`, which is not needed any more afterwards.
/// Errors: invalid_request, with one of the reasons "empty-body", "invalid-utf8" (also half a surrogate pair in an escape), "invalid-character" (a
/// NUL byte), "malformed-json", "nesting-too-deep", "number-out-of-range" (one that no double holds), "not-an-object".
[[nodiscard]] Result<JsonObject> read_json_object(std::string_view body);

}  // namespace ledger
