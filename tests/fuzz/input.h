// Reads the input of a fuzzer. Inputs are lines of text where possible, so that people can write and review them.
#pragma once

#include <algorithm>
#include <string_view>

namespace ledger::fuzz {

/// Reads an input from its beginning. Every method also works at the end of the input. Borrows the text.
class Input {
 public:
  explicit Input(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  /// The next character, NUL at the end.
  char character() noexcept { return rest_.empty() ? '\0' : take(1).front(); }

  /// The text up to the next LF, which is skipped, or to the end.
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
