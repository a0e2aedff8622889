// Reads an object by Boost.JSON's event parser, which builds no tree.
#include "domain/json_object_reader.h"

#include "domain/check.h"
#include "domain/utf8.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace ledger {
namespace {

namespace json = boost::json;
using boost::system::error_code;

Error fault(std::string_view reason, std::string detail) {
  return {Errc::invalid_request, reason, std::move(detail)};
}

/// The platform's payloads have 8 to 15 members.
constexpr std::size_t kMembersExpected = 16;

/// Collects the members of the outermost object, with all their characters in one piece of memory. Boost.JSON prescribes the names of the functions
/// and constants.
class MemberCollector {
 public:
  /// An escape is never shorter than the character that it encodes, so the members never have more bytes than the body.
  explicit MemberCollector(std::size_t body_bytes)
      : characters_(std::make_unique_for_overwrite<char[]>(body_bytes)), collected_(characters_.get()), room_(characters_.get(), body_bytes) {
    members_.reserve(kMembersExpected);
  }

  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  [[nodiscard]] bool is_object() const noexcept { return is_object_; }
  [[nodiscard]] bool has_number_out_of_range() const noexcept { return has_number_out_of_range_; }
  [[nodiscard]] JsonObject take_object() && { return {std::move(characters_), std::move(members_)}; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) {
    if (depth_ == 0) is_object_ = true;
    add(JsonKind::other);
    ++depth_;
    return true;
  }
  bool on_object_end(std::size_t, error_code&) { return leave(); }
  bool on_array_begin(error_code&) {
    add(JsonKind::other);
    ++depth_;
    return true;
  }
  bool on_array_end(std::size_t, error_code&) { return leave(); }

  bool on_key_part(json::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_key(json::string_view part, std::size_t, error_code&) {
    collect(part);
    if (is_at_member()) name_ = take_collected();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_string(json::string_view part, std::size_t, error_code&) {
    collect(part);
    return add(JsonKind::string);
  }

  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return add(JsonKind::other); }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return add(JsonKind::other); }
  bool on_double(double value, json::string_view, error_code&) {
    // Boost.JSON 1.81 reads 1e999 as infinity, and 0e999, which is zero, as not-a-number.
    if (std::isinf(value)) has_number_out_of_range_ = true;
    return add(JsonKind::other);
  }
  bool on_bool(bool, error_code&) { return add(JsonKind::other); }
  bool on_null(error_code&) { return add(JsonKind::null); }

  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  [[nodiscard]] bool is_at_member() const noexcept { return is_object_ && depth_ == 1; }

  bool collect(json::string_view part) {
    if (!is_at_member()) return true;
    LEDGER_CHECK(part.size() <= room_.size());
    std::copy(part.begin(), part.end(), room_.begin());
    room_ = room_.subspan(part.size());
    return true;
  }

  std::string_view take_collected() noexcept {
    const char* const begin = std::exchange(collected_, room_.data());
    return {begin, collected_};
  }

  bool add(JsonKind kind) {
    if (is_at_member()) members_.push_back({name_, kind, take_collected()});
    return true;
  }

  bool leave() {
    --depth_;
    return true;
  }

  std::unique_ptr<char[]> characters_;
  const char* collected_;  ///< Begin of the name or text that is being collected. It ends where `room_` begins.
  std::span<char> room_;   ///< The free part of `characters_`.
  std::string_view name_;
  std::vector<JsonMember> members_;
  std::size_t depth_ = 0;
  bool is_object_ = false;
  bool has_number_out_of_range_ = false;
};

/// The value of the "\uXXXX" with which `text` begins, if it does.
std::optional<unsigned> unicode_escape(std::string_view text) noexcept {
  constexpr std::size_t kLength = 6;
  if (text.size() < kLength || !text.starts_with("\\u")) return std::nullopt;
  unsigned value = 0;
  for (const char digit : text.substr(2, kLength - 2)) {
    value <<= 4U;
    if (digit >= '0' && digit <= '9') {
      value += static_cast<unsigned>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      value += static_cast<unsigned>(digit - 'a') + 10;
    } else if (digit >= 'A' && digit <= 'F') {
      value += static_cast<unsigned>(digit - 'A') + 10;
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// Whether an escape names half a surrogate pair. Called only for text that the parser refused: it reports some of these as syntax errors.
bool has_lone_surrogate(std::string_view text) noexcept {
  for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
    const auto escape = unicode_escape(text.substr(at));
    if (!escape) {
      at += 2;  // The escaped character may be a backslash itself.
      continue;
    }
    at += 6;
    if (*escape < 0xd800 || *escape > 0xdfff) continue;
    const auto other_half = unicode_escape(text.substr(at));
    const bool is_pair = *escape < 0xdc00 && other_half && *other_half >= 0xdc00 && *other_half <= 0xdfff;
    if (!is_pair) return true;
    at += 6;
  }
  return false;
}

Error refusal(const error_code& error, std::string_view body) {
  if (error == json::error::too_deep) {
    return fault("nesting-too-deep", "Objects and arrays may be nested at most " + std::to_string(kJsonDepthMax) + " levels deep.");
  }
  // Boost.JSON refuses every exponent that does not fit into an int, whether the number is huge, tiny or zero.
  if (error == json::error::exponent_overflow) return fault("number-out-of-range", "A number is too large.");
  if (has_lone_surrogate(body)) return fault("invalid-utf8", "A \\u escape names half a surrogate pair.");
  return fault("malformed-json", "The body is not JSON.");
}

}  // namespace

Result<JsonObject> read_json_object(std::string_view body) {
  if (body.empty()) return fault("empty-body", "The body is empty.");
  if (!is_valid_utf8(body)) return fault("invalid-utf8", "The body is not UTF-8.");
  if (body.find('\0') != std::string_view::npos) return fault("invalid-character", "The body contains a NUL byte.");

  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::basic_parser<MemberCollector> parser{options, body.size()};
  error_code error;
  const std::size_t size_read = parser.write_some(false, body.data(), body.size(), error);
  if (error) return refusal(error, body);
  if (size_read < body.size()) return refusal(json::error::extra_data, body);
  MemberCollector& collector = parser.handler();
  if (collector.has_number_out_of_range()) return fault("number-out-of-range", "A number is too large.");
  if (!collector.is_object()) return fault("not-an-object", "The body is JSON, but not an object.");
  return std::move(collector).take_object();
}

}  // namespace ledger
