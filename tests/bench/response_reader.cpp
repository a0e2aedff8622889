// Reads only what is needed to find the end of a response.
#include "tests/bench/response_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace ledger::bench {
namespace {

constexpr std::string_view kEmptyLine = "\r\n\r\n";

/// The number that is the whole of `text`.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The value of Content-Length. Field names are case-insensitive.
std::optional<std::size_t> content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t line = head.find('\r'); line + kName.size() < head.size(); line = head.find('\r', line + 2)) {
    if (::strncasecmp(head.data() + line, kName.data(), kName.size()) != 0) continue;
    std::string_view value = head.substr(line + kName.size());
    value = value.substr(0, value.find('\r'));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return number_of<std::size_t>(value);
  }
  return std::nullopt;
}

}  // namespace

std::span<char> ResponseReader::room() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  return std::span(buffer_).subspan(end_);
}

ResponseReader::Progress ResponseReader::received(std::size_t size) {
  end_ += size;
  return look();
}

ResponseReader::Progress ResponseReader::drop() {
  begin_ += head_bytes_ + body_bytes_;
  head_bytes_ = body_bytes_ = 0;
  if (begin_ == end_) begin_ = end_ = 0;
  return look();
}

ResponseReader::Progress ResponseReader::look() {
  const std::string_view bytes(buffer_.data() + begin_, end_ - begin_);
  if (head_bytes_ == 0) {
    const std::size_t end = bytes.find(kEmptyLine);
    if (end == std::string_view::npos) return Progress::incomplete;
    head_bytes_ = end + kEmptyLine.size();
    if (!read_head(bytes.substr(0, head_bytes_))) return Progress::broken;
  }
  return bytes.size() < head_bytes_ + body_bytes_ ? Progress::incomplete : Progress::complete;
}

bool ResponseReader::read_head(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  const auto status = head.starts_with(kVersion) ? number_of<int>(head.substr(kVersion.size(), 3)) : std::nullopt;
  if (!status) return false;
  status_ = *status;
  // These have no body, whatever their Content-Length says.
  const bool is_bodiless = status_ == 204 || status_ == 304;
  const auto length = content_length(head);
  if (!length && !is_bodiless) return false;
  body_bytes_ = is_bodiless ? 0 : *length;
  return true;
}

}  // namespace ledger::bench
