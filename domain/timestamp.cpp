// Reads and writes times without locale or streams.
#include "domain/timestamp.h"

#include "domain/check.h"

#include <charconv>
#include <cmath>
#include <cstddef>

namespace ledger {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr Timestamp kFirst = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Timestamp kEnd = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};

/// Reads a text from its beginning. Each take_* consumes nothing if it fails.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  [[nodiscard]] bool take(char wanted) noexcept {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` decimal digits.
  [[nodiscard]] std::optional<unsigned> take_number(std::size_t count) noexcept {
    if (rest_.size() < count) return std::nullopt;
    unsigned value = 0;
    for (const char digit : rest_.substr(0, count)) {
      if (!is_digit(digit)) return std::nullopt;
      value = value * 10 + static_cast<unsigned>(digit - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  /// All digits that follow, at least one, as a fraction of a second. Digits after the millisecond are ignored.
  [[nodiscard]] std::optional<milliseconds> take_fraction() noexcept {
    unsigned value = 0;
    unsigned unit = 100;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      value += static_cast<unsigned>(rest_[count] - '0') * unit;
      unit /= 10;
    }
    if (count == 0) return std::nullopt;
    rest_.remove_prefix(count);
    return milliseconds{value};
  }

 private:
  [[nodiscard]] static bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

  std::string_view rest_;
};

std::optional<std::chrono::sys_days> take_date(Cursor& cursor) noexcept {
  const auto year = cursor.take_number(4);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.take_number(2);
  if (!month || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.take_number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

/// How exactly a text must follow RFC 3339.
enum class Form { rfc3339, any };

/// "HH:MM", 00:00 to 23:59.
std::optional<minutes> take_hour_and_minute(Cursor& cursor) noexcept {
  const auto hour = cursor.take_number(2);
  if (!hour || *hour > 23 || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.take_number(2);
  if (!minute || *minute > 59) return std::nullopt;
  return minutes{*hour * 60 + *minute};
}

std::optional<milliseconds> take_time(Cursor& cursor) noexcept {
  const auto hour_and_minute = take_hour_and_minute(cursor);
  if (!hour_and_minute || !cursor.take(':')) return std::nullopt;
  const auto second = cursor.take_number(2);
  if (!second || *second > 59) return std::nullopt;
  milliseconds time = *hour_and_minute + std::chrono::seconds{*second};
  if (cursor.take('.')) {
    const auto fraction = cursor.take_fraction();
    if (!fraction) return std::nullopt;
    time += *fraction;
  }
  return time;
}

std::optional<minutes> take_offset(Cursor& cursor, Form form) noexcept {
  if (cursor.take('Z') || cursor.take('z')) return minutes{0};
  if (form == Form::any && cursor.at_end()) return minutes{0};
  const bool is_east = cursor.take('+');
  if (!is_east && !cursor.take('-')) return std::nullopt;
  const auto hour = cursor.take_number(2);
  const bool has_colon = cursor.take(':');
  const auto minute = cursor.take_number(2);
  const bool is_whole = has_colon && minute;
  if (!hour || *hour > 23 || minute.value_or(0) > 59) return std::nullopt;
  if (!is_whole && (form == Form::rfc3339 || has_colon)) return std::nullopt;
  const minutes offset{*hour * 60 + minute.value_or(0)};
  return is_east ? offset : -offset;
}

std::optional<Timestamp> parse_date_time(std::string_view text, Form form) noexcept {
  Cursor cursor{text};
  const auto date = take_date(cursor);
  if (!date || !(cursor.take('T') || cursor.take('t') || (form == Form::any && cursor.take(' ')))) return std::nullopt;
  const auto time = take_time(cursor);
  if (!time) return std::nullopt;
  const auto offset = take_offset(cursor, form);
  if (!offset || !cursor.at_end()) return std::nullopt;
  const Timestamp moment = *date + *time - *offset;
  if (!is_in_range(moment)) return std::nullopt;
  return moment;
}

/// A number of seconds or milliseconds since 1970.
std::optional<Timestamp> parse_number(std::string_view text) noexcept {
  constexpr double kFirstMilliseconds = 1e11;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < kFirstMilliseconds) value *= 1000;
  if (!(value >= 1 && value < static_cast<double>(kEnd.time_since_epoch().count()))) return std::nullopt;  // Also for not-a-number.
  const Timestamp moment{milliseconds{std::llround(value)}};
  return is_in_range(moment) ? std::optional(moment) : std::nullopt;
}

/// Writes the digits of `value` into the places [first, first + count) of `text`.
void put_number(Rfc3339& text, std::size_t first, std::size_t count, unsigned value) noexcept {
  for (std::size_t place = first + count; place > first; --place) {
    text[place - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

bool is_in_range(Timestamp moment) noexcept {
  return moment >= kFirst && moment < kEnd;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  return parse_date_time(text, Form::rfc3339);
}

std::optional<Timestamp> parse_sender_time(std::string_view text) {
  const auto moment = parse_date_time(text, Form::any);
  return moment ? moment : parse_number(text);
}

bool is_ahead(Timestamp occurred_at, Timestamp received_at) noexcept {
  return occurred_at - received_at > std::chrono::hours{24};
}

std::string format_rfc3339(Timestamp moment) {
  const Rfc3339 text = rfc3339_of(moment);
  return {text.data(), text.size()};
}

Rfc3339 rfc3339_of(Timestamp moment) {
  LEDGER_CHECK(is_in_range(moment));
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  Rfc3339 text{};
  std::string_view("0000-00-00T00:00:00.000Z").copy(text.data(), text.size());
  put_number(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_number(text, 5, 2, static_cast<unsigned>(date.month()));
  put_number(text, 8, 2, static_cast<unsigned>(date.day()));
  put_number(text, 11, 2, static_cast<unsigned>(time.hours().count()));
  put_number(text, 14, 2, static_cast<unsigned>(time.minutes().count()));
  put_number(text, 17, 2, static_cast<unsigned>(time.seconds().count()));
  put_number(text, 20, 3, static_cast<unsigned>(time.subseconds().count()));
  return text;
}

}  // namespace ledger
