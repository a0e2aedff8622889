// The chunked transfer coding (RFC 9112, section 7.1), read strictly.
#pragma once

#include "domain/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::server {

/// Reads one chunked body while its bytes arrive.
///
/// The reader is strict, because a proxy that reads the same chunks in another way could take a part of the body for a request. The first byte that
/// does not fit the grammar refuses the body. Chunk extensions and trailer fields are checked, limited and dropped.
/// Not thread-safe.
class ChunkedReader {
 public:
  /// The longest chunk extensions, all chunks of a body together.
  static constexpr std::size_t kExtensionBytesMax = std::size_t{16} * 1024;

  struct Limits {
    std::size_t body_bytes_max = 0;
    std::size_t trailer_bytes_max = 0;  ///< All trailer fields together, with their line ends.
  };

  explicit ChunkedReader(Limits limits) noexcept : limits_(limits) {}

  /// Reads the front of `bytes` and returns how many bytes it took: all of them, unless the body ends before. Errors: invalid_request
  /// ("malformed-body"), too_large ("body-too-large", "header-too-large" for the trailer). REQUIRES that no error was returned before.
  [[nodiscard]] Result<std::size_t> feed(std::string_view bytes);

  /// Whether the body has ended.
  [[nodiscard]] bool done() const noexcept { return state_ == State::done; }
  /// REQUIRES done().
  [[nodiscard]] std::string take_body() noexcept { return std::move(body_); }

 private:
  /// Which byte is expected next. The order matters: before_semicolon to after_quoted are extensions, trailer_start to trailer_line_feed the trailer.
  enum class State {
    size_start,
    size,
    before_semicolon,
    before_name,
    name,
    after_name,
    before_value,
    value,
    quoted,
    escaped,
    after_quoted,
    size_line_feed,
    data,
    data_carriage_return,
    data_line_feed,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_line_feed,
    last_line_feed,
    done,
    malformed,
  };

  [[nodiscard]] static State next(State state, char c) noexcept;
  [[nodiscard]] static State after_element(char c) noexcept;
  [[nodiscard]] Result<void> read_framing(char c);
  [[nodiscard]] Result<void> read_digit(char c);

  const Limits limits_;
  State state_ = State::size_start;
  int digits_ = 0;                    ///< Of the size that is being read.
  std::size_t chunk_bytes_left_ = 0;  ///< Of the chunk that is being read.
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string body_;
};

}  // namespace ledger::server
