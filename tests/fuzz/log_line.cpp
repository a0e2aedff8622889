// Fuzzes log lines: the input is the value of a field, of which the sender of a request decides every byte.
#include "app/logging.h"

#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/utf8.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>

namespace ledger::fuzz {
namespace {

namespace json = boost::json;
using app::format_log_line;
using app::LogFormat;

constexpr Timestamp kTime = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};

bool breaks_lines(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

/// Takes one value off the front of `text`, and what it stands for: a JSON string, or all up to the next blank.
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
  boost::system::error_code fault;
  const json::value value = json::parse(quoted, fault);
  return fault ? std::string() : std::string(value.as_string().begin(), value.as_string().end());
}

void take(std::string_view& text, std::string_view expected) {
  LEDGER_CHECK(text.starts_with(expected));
  text.remove_prefix(expected.size());
}

void check_key_value(std::string_view input) {
  const std::string line =
      format_log_line(LogFormat::key_value, kTime, LogLevel::info, "e", {{"before", std::int64_t{1}}, {"value", input}, {"after", "x"}});
  LEDGER_CHECK(std::none_of(line.begin(), line.end(), breaks_lines));
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
  const std::string line =
      format_log_line(LogFormat::json, kTime, LogLevel::error, "e", {{"before", std::int64_t{1}}, {"value", input}, {"after", "x"}});
  LEDGER_CHECK(std::none_of(line.begin(), line.end(), breaks_lines));
  if (!is_valid_utf8(input)) return;  // The line is then no JSON, but still one line.
  const json::value document = json::parse(line);
  const json::object& object = document.as_object();
  LEDGER_CHECK(object.size() == (input.empty() ? 5U : 6U));
  LEDGER_CHECK(input.empty() || object.at("value").as_string() == json::string_view(input.data(), input.size()));
  LEDGER_CHECK(object.at("after").as_string() == "x");
}

}  // namespace

void fuzz_log_line(std::string_view input) {
  check_key_value(input);
  check_json(input);
}

}  // namespace ledger::fuzz
