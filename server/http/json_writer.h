// Writes JSON, in the order of the calls.
#pragma once

#include "domain/timestamp.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledger::server {

/// Writes one JSON value. The caller matches each begin with an end. Text must be UTF-8; it is escaped, but not checked. Names are written without
/// escapes.
class JsonWriter {
 public:
  /// `bytes_expected` spares the text some moves while it grows.
  explicit JsonWriter(std::size_t bytes_expected = 512) : text_(bytes_expected, '\0') {}

  /// What was written. The writer is of no use afterwards.
  [[nodiscard]] std::string take();

  void begin_object();
  void begin_object(std::string_view name);
  void end_object();
  void begin_array(std::string_view name);
  void end_array();

  void member(std::string_view name, std::string_view text) { write_name(name).write(text); }
  void member(std::string_view name, std::integral auto number) { write_name(name).write(static_cast<std::int64_t>(number)); }
  void member(std::string_view name, Timestamp moment) { write_name(name).write(moment); }
  void truth_member(std::string_view name, bool value) { write_name(name).put(value ? "true" : "false"); }
  void null_member(std::string_view name) { write_name(name).put("null"); }
  /// Null when absent.
  void nullable(std::string_view name, const auto& value) { value ? member(name, *value) : null_member(name); }

  /// An item of an array.
  void item(std::string_view text);

 private:
  void separate();
  JsonWriter& write_name(std::string_view name);
  void write(std::string_view text);
  void write(std::int64_t number);
  void write(Timestamp moment);
  void write_escaped(char c);

  void put(char c);
  void put(std::string_view plain);
  /// Makes room for so many characters behind what is written, and returns their place.
  [[nodiscard]] char* room(std::size_t bytes);
  void grow(std::size_t bytes);

  std::string text_;      ///< Longer than what is written: to let it grow with every character would cost more than all the rest.
  std::size_t size_ = 0;  ///< Of what is written.
  bool first_ = true;     ///< The innermost object or array is empty.
};

}  // namespace ledger::server
