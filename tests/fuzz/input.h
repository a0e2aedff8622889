// Taking an input apart. Inputs are text in lines wherever that is possible, so that corpora can be written, read and reviewed by people.
#pragma once

#include <algorithm>
#include <string_view>

namespace ledger::fuzz {

/// Hands out an input from its front. Every method answers something, however little is left. Borrows the text.
class Input {
 public:
  explicit Input(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  /// The next character, NUL at the end.
  char character() noexcept { return rest_.empty() ? '\0' : take(1).front(); }

  /// Up to the next LF, which is dropped, or to the end.
  std::string_view line() noexcept {
    const std::string_view text = take(std::min(rest_.find('\n'), rest_.size()));
    if (!rest_.empty()) rest_.remove_prefix(1);
    return text;
  }

 private:
  std::string_view take(std::size_t count) noexcept {
    const std::string_view text = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return text;
  }

  std::string_view rest_;
};

}  // namespace ledger::fuzz
