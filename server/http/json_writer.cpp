// Commas, quotes and escapes (RFC 8259).
#include "server/http/json_writer.h"

#include <algorithm>

namespace ledger::server {
namespace {

bool is_escaped(char c) noexcept {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

}  // namespace

void JsonWriter::separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

void JsonWriter::write_name(std::string_view name) {
  separate();
  out_.append("\"").append(name).append("\":");
}

void JsonWriter::write_text(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out_.push_back('"');
  // Most texts need no escape, and are copied whole.
  const auto escaped = std::find_if(text.begin(), text.end(), is_escaped);
  out_.append(text.begin(), escaped);
  for (const char c : std::string_view(escaped, text.end())) {
    switch (c) {
      case '"': out_.append("\\\""); break;
      case '\\': out_.append("\\\\"); break;
      case '\n': out_.append("\\n"); break;
      case '\r': out_.append("\\r"); break;
      case '\t': out_.append("\\t"); break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out_.append("\\u00").append({digits[c >> 4], digits[c & 0xf]});
        } else {
          out_.push_back(c);
        }
    }
  }
  out_.push_back('"');
}

void JsonWriter::begin_object() {
  separate();
  out_.push_back('{');
  first_ = true;
}

void JsonWriter::begin_object(std::string_view name) {
  write_name(name);
  out_.push_back('{');
  first_ = true;
}

void JsonWriter::end_object() {
  out_.push_back('}');
  first_ = false;
}

void JsonWriter::begin_array(std::string_view name) {
  write_name(name);
  out_.push_back('[');
  first_ = true;
}

void JsonWriter::end_array() {
  out_.push_back(']');
  first_ = false;
}

void JsonWriter::member(std::string_view name, std::string_view text) {
  write_name(name);
  write_text(text);
}

void JsonWriter::write_number(std::string_view name, std::int64_t number) {
  write_name(name);
  out_.append(std::to_string(number));
}

void JsonWriter::member(std::string_view name, Timestamp moment) {
  member(name, std::string_view(format_rfc3339(moment)));
}

void JsonWriter::nullable(std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    member(name, std::string_view(*text));
  } else {
    null_member(name);
  }
}

void JsonWriter::nullable(std::string_view name, std::optional<Timestamp> moment) {
  if (moment) {
    member(name, *moment);
  } else {
    null_member(name);
  }
}

void JsonWriter::null_member(std::string_view name) {
  write_name(name);
  out_.append("null");
}

void JsonWriter::item(std::string_view text) {
  separate();
  write_text(text);
}

}  // namespace ledger::server
