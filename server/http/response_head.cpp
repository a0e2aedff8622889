// Status lines and header fields.
#include "server/http/response_head.h"

#include <array>
#include <string_view>

namespace ledger::server {
namespace {

std::string_view phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";  // An empty phrase is legal, and no client reads it.
  }
}

}  // namespace

std::string http_date(Timestamp moment) {
  constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const unsigned month{std::chrono::year_month_day(day).month()};
  const std::string digits = format_rfc3339(moment);  // yyyy-mm-ddThh:mm:ss.fffZ
  std::string text = "www, dd mmm yyyy hh:mm:ss GMT";
  text.replace(0, 3, kWeekdays[std::chrono::weekday(day).c_encoding()]).replace(5, 2, digits, 8, 2).replace(8, 3, kMonths[month - 1]);
  return text.replace(12, 4, digits, 0, 4).replace(17, 8, digits, 11, 8);
}

std::string response_head(const Response& response, Persistence persistence, Timestamp now) {
  std::string head;
  head.reserve(512);
  const auto field = [&head](std::string_view name, std::string_view value) { head.append(name).append(": ").append(value).append("\r\n"); };

  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(phrase(response.status)).append("\r\n");
  field("Date", http_date(now));
  field("Server", "association-ledger");
  if (response.status != 304) {
    field("Content-Type", response.content_type);
    field("Content-Length", std::to_string(response.body.size()));
  }
  field("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) field(name, value);
  if (persistence == Persistence::close) field("Connection", "close");
  head.append("\r\n");
  return head;
}

}  // namespace ledger::server
