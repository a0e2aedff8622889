// How a log line looks: key=value or JSON, one line for each event.
#include "app/logging.h"

#include "app/escaping.h"

#include <algorithm>
#include <variant>

namespace ledger::app {
namespace {

std::string_view name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

/// Whether a value needs no quotes in key=value.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; });
}

void append_value(std::string& line, LogFormat format, const LogField& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*number);
    return;
  }
  const std::string_view text = std::get<std::string_view>(field.value);
  if (format == LogFormat::key_value && is_plain(text)) {
    line += text;
  } else {
    line += json_string(text);
  }
}

}  // namespace

std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view event, std::span<const LogField> fields) {
  const bool json = format == LogFormat::json;
  const std::string moment = format_rfc3339(time);
  std::string line = json ? "{" : "";
  bool is_first = true;
  const auto add = [&](const LogField& field) {
    if (!is_first) line += json ? "," : " ";
    is_first = false;
    line += json ? json_string(field.name) + ":" : std::string(field.name) + "=";
    append_value(line, format, field);
  };
  add({"time", std::string_view(moment)});
  add({"level", name(level)});
  add({"event", event});
  for (const LogField& field : fields) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    if (text == nullptr || !text->empty()) add(field);
  }
  if (json) line += "}";
  return line;
}

}  // namespace ledger::app
