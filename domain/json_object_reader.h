// Divides bytes into the top-level members of one JSON object, without their meaning.
#pragma once

#include "domain/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

enum class JsonKind { null, string, number, other };

/// One member of the top-level object, as it was written. Views of the body.
struct JsonMember {
  std::string_view name;  ///< What is between its quotes.
  JsonKind kind{};
  std::string_view value;  ///< Of a string, what is between its quotes.

  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// Gives the members of an object one after the other, in the order of the text; a repeated name is repeated.
///
/// It reads no more than it must to find where each member ends: quotes, escapes, brackets, commas and colons. The content of a string, the digits
/// of a number and the grammar inside of a nested value are not checked, so a value that nobody uses cannot make the body unreadable. Nesting may be
/// of any depth: there is no recursion. The body must outlive the reader and its members.
class JsonObjectReader {
 public:
  explicit JsonObjectReader(std::string_view body) noexcept : rest_(body) {}

  /// The next member. nullopt after the last one, and at the first fault.
  [[nodiscard]] std::optional<JsonMember> next();

  /// Why the body is not an object: invalid_request, with the reason "empty-body", "not-an-object" or "malformed-json". Known when next() has
  /// returned nullopt; until then, the members may belong to a body that is cut off.
  [[nodiscard]] const std::optional<Error>& fault() const noexcept { return fault_; }

 private:
  enum class Place { before_object, after_member, at_end };

  [[nodiscard]] bool begin();
  [[nodiscard]] bool has_another();
  std::nullopt_t fail(std::string_view reason, std::string detail);
  std::nullopt_t fail_malformed();

  void skip_blanks() noexcept;
  [[nodiscard]] bool take(char wanted) noexcept;
  [[nodiscard]] std::optional<std::string_view> take_string() noexcept;
  [[nodiscard]] std::optional<std::string_view> take_word() noexcept;
  [[nodiscard]] bool skip_nested();
  [[nodiscard]] bool take_value(JsonMember& member);

  std::string_view rest_;
  Place place_ = Place::before_object;
  std::optional<Error> fault_;
};

/// The text of a string.
struct JsonText {
  std::string text;       ///< Well-formed UTF-8.
  bool is_exact = false;  ///< Nothing in it was replaced.

  friend bool operator==(const JsonText&, const JsonText&) = default;
};

/// Decodes what is between the quotes of a string. Half a surrogate pair, and each byte that is not UTF-8, is replaced by U+FFFD. nullopt if it
/// contains a control character, or an escape that JSON does not have.
[[nodiscard]] std::optional<JsonText> decode_json_string(std::string_view written);

}  // namespace ledger
