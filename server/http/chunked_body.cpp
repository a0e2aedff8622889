// One state machine, one byte at a time. Only the data of a chunk is copied as a block.
#include "server/http/chunked_body.h"

#include "server/http/ascii.h"

#include <algorithm>
#include <charconv>

namespace ledger::server {
namespace {

/// 16 hexadecimal digits fit into 64 bits.
constexpr int kDigitsMax = 16;

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t';
}

bool is_hex_digit(char c) noexcept {
  const char lower = to_ascii_lower(c);
  return is_ascii_digit(c) || (lower >= 'a' && lower <= 'f');
}

Error malformed() {
  return Error{Errc::invalid_request, "malformed-body", "The body does not have the chunks that its header announces."};
}

Error too_large(std::string_view reason, std::string_view what, std::size_t limit) {
  return Error{Errc::too_large, reason, std::string(what) + " limited to " + std::to_string(limit) + " bytes."};
}

}  // namespace

Result<std::size_t> ChunkedReader::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      const std::size_t count = std::min(bytes.size() - at, chunk_bytes_left_);
      body_.append(bytes.substr(at, count));
      at += count;
      chunk_bytes_left_ -= count;
      if (chunk_bytes_left_ == 0) state_ = State::data_carriage_return;
    } else {
      const Result<void> read = read_framing(bytes[at]);
      if (!read) return read.error();
      ++at;
    }
  }
  return at;
}

Result<void> ChunkedReader::read_framing(char c) {
  if (state_ == State::size_start) digits_ = 0;
  state_ = next(state_, c);
  if (state_ == State::malformed) return malformed();
  if (state_ == State::size) return read_digit(c);
  if (state_ == State::data && chunk_bytes_left_ == 0) {
    state_ = State::trailer_start;
    return {};
  }
  if (state_ >= State::before_semicolon && state_ <= State::after_quoted && ++extension_bytes_ > kExtensionBytesMax) {
    return too_large("body-too-large", "The chunk extensions of a body are", kExtensionBytesMax);
  }
  if (state_ >= State::trailer_start && state_ <= State::trailer_line_feed && ++trailer_bytes_ > limits_.trailer_bytes_max) {
    return too_large("header-too-large", "The trailer fields of a body are", limits_.trailer_bytes_max);
  }
  return {};
}

Result<void> ChunkedReader::read_digit(char c) {
  if (++digits_ > kDigitsMax) return malformed();
  std::size_t digit = 0;
  std::from_chars(&c, &c + 1, digit, 16);
  chunk_bytes_left_ = chunk_bytes_left_ * 16 + digit;
  if (chunk_bytes_left_ > limits_.body_bytes_max - body_.size()) return too_large("body-too-large", "The body is", limits_.body_bytes_max);
  return {};
}

ChunkedReader::State ChunkedReader::after_element(char c) noexcept {
  if (c == '\r') return State::size_line_feed;
  if (c == ';') return State::before_name;
  return is_space(c) ? State::before_semicolon : State::malformed;
}

ChunkedReader::State ChunkedReader::next(State state, char c) noexcept {
  const auto expect = [c](char expected, State then) { return c == expected ? then : State::malformed; };
  switch (state) {
    // chunk-size [ *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) ] CRLF
    case State::size_start: return is_hex_digit(c) ? State::size : State::malformed;
    case State::size: return is_hex_digit(c) ? State::size : after_element(c);
    case State::before_semicolon: return is_space(c) ? State::before_semicolon : expect(';', State::before_name);
    case State::before_name: return is_space(c) ? State::before_name : is_token_char(c) ? State::name : State::malformed;
    case State::name:
      if (is_token_char(c)) return State::name;
      if (c == '=') return State::before_value;
      return is_space(c) ? State::after_name : after_element(c);
    case State::after_name:
      if (is_space(c)) return State::after_name;
      return c == '=' ? State::before_value : expect(';', State::before_name);
    case State::before_value:
      if (is_space(c)) return State::before_value;
      return is_token_char(c) ? State::value : expect('"', State::quoted);
    case State::value: return is_token_char(c) ? State::value : after_element(c);
    case State::quoted:
      if (c == '"') return State::after_quoted;
      if (c == '\\') return State::escaped;
      return is_field_char(c) ? State::quoted : State::malformed;
    case State::escaped: return is_field_char(c) ? State::quoted : State::malformed;
    case State::after_quoted: return after_element(c);
    case State::size_line_feed: return expect('\n', State::data);
    // chunk-data CRLF
    case State::data_carriage_return: return expect('\r', State::data_line_feed);
    case State::data_line_feed: return expect('\n', State::size_start);
    // *( name ":" value CRLF ) CRLF
    case State::trailer_start: return is_token_char(c) ? State::trailer_name : expect('\r', State::last_line_feed);
    case State::trailer_name: return is_token_char(c) ? State::trailer_name : expect(':', State::trailer_value);
    case State::trailer_value: return is_field_char(c) ? State::trailer_value : expect('\r', State::trailer_line_feed);
    case State::trailer_line_feed: return expect('\n', State::trailer_start);
    case State::last_line_feed: return expect('\n', State::done);
    case State::data:
    case State::done:
    case State::malformed: break;
  }
  return State::malformed;
}

}  // namespace ledger::server
