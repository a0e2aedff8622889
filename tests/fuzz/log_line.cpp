// Fuzzes log lines. The input is the value of a field: the sender of a request decides every byte of it.
#include "app/logging.h"

#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/utf8.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace ledger::fuzz {
namespace {

namespace json = boost::json;
using app::format_log_line;
using app::LogFormat;

constexpr Timestamp kTime = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};

/// Whether no byte of `line` ends it or steers a terminal. C1 controls and what changes the direction of text are two and three bytes.
bool is_safe(std::string_view line) {
  constexpr std::array<std::string_view, 5> kUnsafe = {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xae", "\xe2\x80\xa8"};
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto has_c1 = [line] {
    for (std::size_t at = line.find('\xc2'); at != std::string_view::npos; at = line.find('\xc2', at + 1)) {
      if (at + 1 < line.size() && static_cast<unsigned char>(line[at + 1]) < 0xa0) return true;
    }
    return false;
  };
  return is_valid_utf8(line) && std::none_of(line.begin(), line.end(), is_control) && !has_c1() &&
         std::none_of(kUnsafe.begin(), kUnsafe.end(), [line](std::string_view unsafe) { return line.find(unsafe) != std::string_view::npos; });
}

/// Removes one value from the front of `text` and decodes it: a JSON string, or everything up to the next blank.
std::string take_value(std::string_view& text) {
  if (!text.starts_with('"')) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string value(text.substr(0, end));
    LEDGER_CHECK(value.find_first_of("=\"") == std::string::npos);
    text.remove_prefix(end);
    return value;
  }
  std::size_t end = 1;
  while (text.at(end) != '"') end += text[end] == '\\' ? 2U : 1U;
  const std::string quoted(text.substr(0, end + 1));
  text.remove_prefix(end + 1);
  const json::value value = json::parse(quoted);
  return {value.as_string().begin(), value.as_string().end()};
}

void take(std::string_view& text, std::string_view expected) {
  LEDGER_CHECK(text.starts_with(expected));
  text.remove_prefix(expected.size());
}

std::array<LogField, 3> fields_around(std::string_view input) {
  return {{{"before", std::int64_t{1}}, {"value", input}, {"after", "x"}}};
}

void check_key_value(std::string_view input) {
  const std::string line = format_log_line(LogFormat::key_value, kTime, LogLevel::info, "e", fields_around(input));
  LEDGER_CHECK(is_safe(line));
  std::string_view rest = line;
  take(rest, "time=2026-11-07T00:00:00.000Z level=info event=e before=1");
  if (!input.empty()) {
    take(rest, " value=");
    const std::string value = take_value(rest);
    LEDGER_CHECK(!is_valid_utf8(input) || value == input);
  }
  LEDGER_CHECK(rest == " after=x");
}

void check_json(std::string_view input) {
  const std::string line = format_log_line(LogFormat::json, kTime, LogLevel::error, "e", fields_around(input));
  LEDGER_CHECK(is_safe(line));
  const json::value document = json::parse(line);
  const json::object& object = document.as_object();
  LEDGER_CHECK(object.size() == (input.empty() ? 5U : 6U));
  LEDGER_CHECK(input.empty() || !is_valid_utf8(input) || object.at("value").as_string() == json::string_view(input.data(), input.size()));
  LEDGER_CHECK(object.at("after").as_string() == "x");
}

}  // namespace

void fuzz_log_line(std::string_view input) {
  check_key_value(input);
  check_json(input);
}

}  // namespace ledger::fuzz
