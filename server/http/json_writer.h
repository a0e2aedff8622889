// Writes JSON into a string, in the order of the calls.
#pragma once

#include "domain/timestamp.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger::server {

/// Appends one JSON value to `out`, which outlives the writer. The caller matches each begin with an end. Text must be UTF-8; it is escaped, but not
/// checked. Names are written without escapes.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  void begin_object();
  void begin_object(std::string_view name);
  void end_object();
  void begin_array(std::string_view name);
  void end_array();

  void member(std::string_view name, std::string_view text);
  void member(std::string_view name, std::integral auto number) { write_number(name, static_cast<std::int64_t>(number)); }
  void truth_member(std::string_view name, bool value);
  void member(std::string_view name, Timestamp moment);
  /// Null when absent.
  void nullable(std::string_view name, const std::optional<std::string>& text);
  void nullable(std::string_view name, std::optional<Timestamp> moment);
  void null_member(std::string_view name);

  /// An item of an array.
  void item(std::string_view text);

 private:
  void separate();
  void write_name(std::string_view name);
  void write_number(std::string_view name, std::int64_t number);
  void write_text(std::string_view text);
  void write_escaped(char c);

  std::string& out_;
  bool first_ = true;  ///< The innermost object or array is empty.
};

}  // namespace ledger::server
