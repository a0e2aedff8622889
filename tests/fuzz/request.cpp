// Fuzzes everything between the first byte of a request and its route: the end of the header block, the gate, the chunks of the body, the target,
// the router. The input is what a client sends, and what it sends as a chunked body.
#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/utf8.h"

#include "server/api/api.h"
#include "server/api/ops_handler.h"
#include "server/http/ascii.h"
#include "server/http/chunked_body.h"
#include "server/http/problem.h"
#include "server/http/request_gate.h"
#include "server/http/router.h"
#include "server/http/target.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace ledger::fuzz {
namespace {

namespace http = boost::beast::http;
using namespace server;

constexpr std::size_t kTargetBytesMax = 4096;
constexpr std::size_t kBodyBytesMax = std::size_t{1024} * 1024;
constexpr std::size_t kTrailerBytesMax = std::size_t{16} * 1024;

bool operator==(const BlockScan& left, const BlockScan& right) {
  return left.state == right.state && left.size == right.size;
}

/// However a block is cut, its end is found where it is found in one piece.
BlockScan check_scan(std::string_view bytes) {
  const BlockScan whole = scan_block(bytes, 0);
  const std::size_t stride = 1 + bytes.size() / 256;
  for (std::size_t cut = 0; cut <= bytes.size(); cut += stride) {
    const BlockScan front = scan_block(bytes.substr(0, cut), 0);
    if (front.state == BlockState::incomplete) {
      LEDGER_CHECK(scan_block(bytes, cut) == whole);
    } else {
      LEDGER_CHECK(front == whole);
    }
  }
  if (whole.state == BlockState::complete) {
    const std::string_view block = bytes.substr(0, whole.size);
    LEDGER_CHECK(block.find("\r\n\r\n") + 4 == block.size());
  }
  return whole;
}

/// What the header says, read once more by Beast, which reads the body behind it: two readers must not disagree.
void check_against_beast(std::string_view block, const RequestHead& head) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(2 * block.size() + 1024));
  parser.body_limit(boost::none);
  boost::system::error_code fault;
  const std::size_t taken = parser.put(boost::asio::buffer(block.data(), block.size()), fault);
  if (fault && fault != http::error::need_more) return;  // Then the connection answers 400 and closes.
  LEDGER_CHECK(parser.is_header_done());
  LEDGER_CHECK(taken == block.size());
  const auto& request = parser.get();
  LEDGER_CHECK(request.method_string() == boost::beast::string_view(head.method_name));
  // Of an absolute target the gate keeps path and query, and adds the "/" of an empty path.
  const std::string_view path = std::string_view(head.target).substr(request.target().starts_with('/') ? 0 : 1);
  LEDGER_CHECK(std::string_view(request.target()).ends_with(path));
  LEDGER_CHECK(!request.target().starts_with('/') || request.target() == boost::beast::string_view(head.target));
  LEDGER_CHECK(parser.chunked() == head.chunked);
  LEDGER_CHECK(head.chunked || parser.content_length().value_or(0) == head.content_length);
  LEDGER_CHECK(!head.keep_alive || request.keep_alive());
}

/// What of the header leaves the gate, by the words of its contract.
void check_head(const RequestHead& head) {
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  const auto is_clean = [](const std::string& value) {
    return all_of(value, [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
  };
  const auto is_trimmed = [&](const std::string& value) { return is_clean(value) && trim(value) == value; };
  LEDGER_CHECK(!head.method_name.empty() && all_of(head.method_name, is_visible));
  LEDGER_CHECK(head.target.starts_with('/') && head.target.size() <= kTargetBytesMax);
  LEDGER_CHECK(all_of(head.target, is_visible) && head.target.find('#') == std::string::npos);
  LEDGER_CHECK(!head.chunked || head.content_length == 0);
  for (const auto& values : {head.signatures.ed25519, head.signatures.rsa}) LEDGER_CHECK(std::ranges::all_of(values, is_trimmed));
  // Joined of several lines, of which the last may be empty.
  for (const auto& value : {head.content_encoding, head.if_none_match}) LEDGER_CHECK(!value || is_clean(*value));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

/// What must not leave the gate at all, counted line by line: wherever two readers could disagree, a sender could smuggle.
void check_fields(std::string_view block, const RequestHead& head) {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  const std::vector<std::string_view> lines = split(block.substr(block.find('\n') + 1), '\n');
  for (const std::string_view line : std::span(lines).first(lines.size() - 2)) {
    const std::string_view name = line.substr(0, line.find(':'));
    LEDGER_CHECK(line.ends_with('\r') && name.size() < line.size());
    LEDGER_CHECK(!name.empty() && name.find_first_of(" \t\r") == std::string_view::npos);
    if (iequals(name, "Host")) ++hosts;
    if (iequals(name, "Content-Length")) ++lengths;
    if (iequals(name, "Transfer-Encoding")) ++codings;
  }
  const bool is_old = block.substr(0, block.find('\r')).ends_with("HTTP/1.0");
  LEDGER_CHECK(hosts == 1 || (is_old && hosts == 0));
  LEDGER_CHECK(lengths + codings <= 1);
  LEDGER_CHECK(head.chunked == (codings == 1) && !(is_old && head.chunked));
}

/// What the reader of chunks makes of `bytes`, fed in two pieces.
struct ChunkReading {
  std::string_view reason;  ///< Of the refusal.
  bool is_done = false;
  std::size_t taken = 0;
  std::string body;
};

ChunkReading read_chunks(std::string_view bytes, std::size_t cut) {
  ChunkedReader reader(ChunkedReader::Limits{kBodyBytesMax, kTrailerBytesMax});
  ChunkReading reading;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    const Result<std::size_t> taken = reader.feed(piece);
    if (!taken) {
      reading.reason = taken.error().reason;
      return reading;
    }
    reading.taken += *taken;
    LEDGER_CHECK(reader.done() || *taken == piece.size());
  }
  reading.is_done = reader.done();
  if (reading.is_done) reading.body = reader.take_body();
  return reading;
}

/// However chunks are cut, they are read the same; and Beast, which is more lenient, reads the same body in what is accepted.
void check_chunks(std::string_view bytes) {
  const ChunkReading whole = read_chunks(bytes, 0);
  LEDGER_CHECK(whole.reason.empty() || find_reason(whole.reason) != nullptr);
  LEDGER_CHECK(whole.body.size() <= kBodyBytesMax);
  const std::size_t stride = 1 + bytes.size() / 64;
  for (std::size_t cut = 1; cut <= bytes.size(); cut += stride) {
    const ChunkReading again = read_chunks(bytes, cut);
    LEDGER_CHECK(again.reason == whole.reason && again.is_done == whole.is_done && again.body == whole.body);
    LEDGER_CHECK(!whole.is_done || again.taken == whole.taken);
  }
  if (!whole.is_done) return;

  http::request_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  parser.eager(true);
  std::string message = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  message += bytes.substr(0, whole.taken);
  boost::system::error_code fault;
  for (std::size_t at = 0; at < message.size() && !parser.is_done();) {
    const std::size_t taken = parser.put(boost::asio::buffer(message.data() + at, message.size() - at), fault);
    if (fault == http::error::need_more) break;
    if (fault) return;  // Trailers that Beast holds against the message: we drop them.
    at += taken;
  }
  LEDGER_CHECK(parser.is_done() && parser.get().body() == whole.body);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      bytes += text[at];
      continue;
    }
    LEDGER_CHECK(at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0);
    bytes += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
    at += 2;
  }
  return bytes;
}

/// A target that was taken apart, against a plain reading of RFC 3986: cut at the separators, then decode the pieces.
void check_target(std::string_view text) {
  const Result<Target> target = parse_target(text);
  if (!target) {
    LEDGER_CHECK(target.error().reason == "malformed-target");
    return;
  }
  const std::size_t mark = std::min(text.find('?'), text.size());
  std::vector<std::string> segments;
  if (mark > 1) {
    for (const std::string_view segment : split(text.substr(1, mark - 1), '/')) segments.push_back(percent_decode(segment));
  }
  LEDGER_CHECK(target->segments == segments);

  std::size_t count = 0;
  if (mark < text.size()) {
    for (const std::string_view pair : split(text.substr(mark + 1), '&')) {
      if (pair.empty()) continue;
      const std::size_t sign = std::min(pair.find('='), pair.size());
      LEDGER_CHECK(count < target->parameters.size());
      const Parameter& parameter = target->parameters[count++];
      LEDGER_CHECK(parameter.name == percent_decode(pair.substr(0, sign)));
      LEDGER_CHECK(parameter.value == percent_decode(pair.substr(std::min(sign + 1, pair.size()))));
    }
  }
  LEDGER_CHECK(count == target->parameters.size());
}

void check_refusal(const Response& response) {
  LEDGER_CHECK(response.status == 400 || response.status == 404 || response.status == 405);
  LEDGER_CHECK(find_reason(response.reason) != nullptr);
  boost::system::error_code fault;
  static_cast<void>(boost::json::parse(response.body, fault));
  LEDGER_CHECK(!fault);
}

/// The path of `routed` written anew from what was captured.
std::string canonical_path(const Routed& routed) {
  std::string path;
  std::size_t capture = 0;
  for (const std::string_view part : split(routed.route->path.substr(1), '/')) {
    path += "/" + (part.starts_with('{') ? percent_encode(routed.captures.at(capture++)) : std::string(part));
  }
  LEDGER_CHECK(capture == routed.captures.size());
  return path;
}

void check_route(std::span<const Route> routes, RequestHead head) {
  const std::variant<Routed, Response> first = route_request(routes, head);
  if (const auto* const refusal = std::get_if<Response>(&first)) return check_refusal(*refusal);
  const auto& routed = std::get<Routed>(first);
  LEDGER_CHECK(head.method == routed.route->method || (head.method == Method::head && routed.route->method == Method::get));
  for (const std::string& capture : routed.captures) {
    LEDGER_CHECK(!capture.empty() && capture.size() <= kIdBytesMax && is_valid_utf8(capture));
    LEDGER_CHECK(capture != "." && capture != ".." && capture.find('/') == std::string::npos);
  }
  for (const Parameter& parameter : routed.parameters) {
    LEDGER_CHECK(std::ranges::count(routed.route->parameters, parameter.name) == 1);
    LEDGER_CHECK(std::ranges::count(routed.parameters, parameter.name, &Parameter::name) == 1);
    LEDGER_CHECK(is_valid_utf8(parameter.value) && parameter.value.find('\0') == std::string::npos);
  }

  // Written anew it leads to the same place.
  head.target = canonical_path(routed);
  for (const auto& [name, value] : routed.parameters) {
    head.target += (head.target.find('?') == std::string::npos ? "?" : "&") + name + "=" + percent_encode(value);
  }
  const std::variant<Routed, Response> again = route_request(routes, head);
  LEDGER_CHECK(std::holds_alternative<Routed>(again));
  const auto& same = std::get<Routed>(again);
  LEDGER_CHECK(same.route == routed.route && same.captures == routed.captures && same.parameters.size() == routed.parameters.size());
  for (const Parameter& parameter : routed.parameters) LEDGER_CHECK(*same.parameter(parameter.name) == parameter.value);
}

/// Any bytes come through a path and a query unchanged.
void check_escape(std::string_view bytes) {
  const std::string escaped = percent_encode(bytes);
  LEDGER_CHECK(percent_decode(escaped) == bytes);
  const Result<Target> target = parse_target("/a/" + escaped + "/b?" + escaped + "=" + escaped);
  LEDGER_CHECK(target.has_value());
  LEDGER_CHECK(target->segments.size() == 3 && target->segments[1] == bytes);
  LEDGER_CHECK(bytes.empty() || (target->parameters.size() == 1 && target->parameters[0].name == bytes));
  LEDGER_CHECK(bytes.empty() || target->parameters[0].value == bytes);
}

/// No path shows a secret in the log, wherever it has one.
void check_secret(std::string_view path) {
  static const std::string kSecret = "0123456789abcdef";
  const WebhookSecrets secrets({kSecret});
  for (const std::size_t at : {path.size(), path.size() / 2, std::size_t{0}}) {
    const std::string shown = secrets.hide_in(std::string(path.substr(0, at)).append(kSecret).append(path.substr(at)));
    LEDGER_CHECK(shown.find(kSecret) == std::string::npos);
  }
}

}  // namespace

void fuzz_request(std::string_view input) {
  check_escape(input.substr(0, 64));
  check_chunks(input);
  const BlockScan scan = check_scan(input);
  if (scan.state != BlockState::complete) {
    LEDGER_CHECK(find_reason(oversized_block(input).reason) != nullptr);
    return;
  }
  const std::string_view block = input.substr(0, scan.size);
  const Result<RequestHead> head = examine_block(block, kTargetBytesMax);
  if (!head) {
    LEDGER_CHECK(find_reason(head.error().reason) != nullptr && !head.error().detail.empty());
    return;
  }
  check_head(*head);
  check_fields(block, *head);
  if (head->chunked) check_chunks(input.substr(scan.size));
  check_against_beast(block, *head);
  check_target(head->target);
  check_secret(head->path());
  check_route(api_routes(), *head);
  check_route(api_routes(WebhookPaths::with_secret), *head);
  check_route(ops_routes(), *head);
}

}  // namespace ledger::fuzz
