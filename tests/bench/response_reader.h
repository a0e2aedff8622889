// Splits the bytes of one connection into HTTP responses. Knows only the HTTP that the measured servers use.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace ledger::bench {

/// The caller writes bytes into room() and calls received(), then uses each complete response and calls drop(). Views are valid until the next call
/// of room(), received() or drop(). A response without Content-Length is broken, unless its status has no body. Not thread-safe.
class ResponseReader {
 public:
  enum class Progress { incomplete, complete, broken };

  /// Free space; never empty.
  [[nodiscard]] std::span<char> room();
  /// The caller wrote `size` bytes into room().
  [[nodiscard]] Progress received(std::size_t size);
  /// Removes the first response, which must be complete, and looks at the next.
  [[nodiscard]] Progress drop();

  // The first response, which must be complete.
  [[nodiscard]] int status() const noexcept { return status_; }
  /// The status line and the header fields, with the empty line.
  [[nodiscard]] std::string_view head() const noexcept { return {buffer_.data() + begin_, head_bytes_}; }
  [[nodiscard]] std::string_view body() const noexcept { return {buffer_.data() + begin_ + head_bytes_, body_bytes_}; }

 private:
  Progress look();
  bool read_head(std::string_view head);

  std::vector<char> buffer_ = std::vector<char>(std::size_t{16} * 1024);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t head_bytes_ = 0;  ///< 0 while the head is not complete.
  std::size_t body_bytes_ = 0;
  int status_ = 0;
};

}  // namespace ledger::bench
