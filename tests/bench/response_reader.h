// Finds the answers in the bytes of one connection: status, head and body, and no more of HTTP than servers use here.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace ledger::bench {

/// Bytes are put into room() and announced by received(); then each complete answer is looked at and dropped. Views end with the next call of room(),
/// received() or drop(). Bodies are framed by Content-Length alone: an answer in chunks, or without a length, is broken.
class ResponseReader {
 public:
  enum class Progress { incomplete, complete, broken };

  /// Where to receive into; never empty.
  [[nodiscard]] std::span<char> room();
  /// So many bytes of room() are filled.
  [[nodiscard]] Progress received(std::size_t size);
  /// Forgets the complete answer that stands first, and looks at the one behind it.
  [[nodiscard]] Progress drop();

  // Of the complete answer that stands first.
  [[nodiscard]] int status() const noexcept { return status_; }
  /// Status line and header fields, with the empty line.
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
