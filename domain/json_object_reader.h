// Reads bytes as one JSON object and gives its top-level members, without their meaning.
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

/// One member of the top-level object. Nested values are checked and dropped.
struct JsonMember {
  std::string_view name;
  JsonKind kind{};
  std::string_view text;  ///< The decoded string; empty for other kinds.

  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// The members in the order of the text; a repeated name is repeated. Owns the text of its members, which does not move when the object is moved.
class JsonObject {
 public:
  JsonObject(std::unique_ptr<const char[]> characters, std::vector<JsonMember> members) noexcept
      : characters_(std::move(characters)), members_(std::move(members)) {}

  [[nodiscard]] std::span<const JsonMember> members() const noexcept { return members_; }

 private:
  std::unique_ptr<const char[]> characters_;
  std::vector<JsonMember> members_;
};

/// Deepest nesting of objects and arrays in a body. The platform's payloads have two levels.
inline constexpr std::size_t kJsonDepthMax = 32;

/// Memory is bounded by a multiple of the size of `body`. The result does not refer to `body`.
/// Errors: invalid_request, with one of the reasons "empty-body", "invalid-utf8" (also half a surrogate pair in an escape), "invalid-character" (a
/// NUL byte), "malformed-json", "nesting-too-deep", "number-out-of-range" (one that no double holds), "not-an-object".
[[nodiscard]] Result<JsonObject> read_json_object(std::string_view body);

}  // namespace ledger
