// From bytes to the flat members of one JSON object: what a webhook body is, before anybody asks what it means.
#pragma once

#include "domain/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

enum class JsonKind { null, string, other };

/// One member of the top-level object. What lies deeper is checked and dropped.
struct JsonMember {
  std::string name;
  JsonKind kind{};
  std::string text;  ///< Of a string, without escapes; else empty.

  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// Deepest nesting of objects and arrays in a body. The platform's own payloads have two levels.
inline constexpr std::size_t json_depth_max = 32;

/// The members in the order of the text, a repeated name as often as it stands there. Memory is bounded by a multiple of `body`.
/// Errors: invalid_request, with one of the reasons "empty-body", "invalid-utf8" (also half a surrogate pair in an escape), "invalid-character" (a
/// NUL byte), "malformed-json", "nesting-too-deep", "number-out-of-range" (one that no double holds), "not-an-object".
[[nodiscard]] Result<std::vector<JsonMember>> read_json_object(std::string_view body);

}  // namespace ledger
