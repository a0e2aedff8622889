// A strict parser for the request header of RFC 9112. Obsolete syntax is refused.
#include "server/http/request_gate.h"

#include "server/http/ascii.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace ledger::server {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

Error malformed(std::string detail) {
  return Error{Errc::invalid_request, "malformed-request", std::move(detail)};
}
Error bad_framing(std::string detail) {
  return Error{Errc::invalid_request, "invalid-framing", std::move(detail)};
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && all_of(text, is_token_char);
}

bool is_target_char(char c) noexcept {
  return c > 0x20 && c < 0x7f && c != '#';
}

/// RFC 3986 allows a comma in a host. It is refused, because some proxies join two Host headers with one.
bool is_host_char(char c) noexcept {
  constexpr std::string_view kOthers = "-._~!$&'()*+;=:[]%";
  return is_ascii_alnum(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_host(std::string_view text) noexcept {
  return !text.empty() && all_of(text, is_host_char);
}

/// The origin form of `target`: itself, or the path and query of an absolute one (RFC 9112, section 3.2.2). nullopt for any other form.
std::optional<std::string> origin_form(std::string_view target) {
  if (!all_of(target, is_target_char)) return std::nullopt;
  if (target.starts_with('/')) return std::string(target);
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, colon);
  if (!iequals(scheme, "http") && !iequals(scheme, "https")) return std::nullopt;

  const std::string_view rest = target.substr(colon + 3);
  const std::size_t path_begin = std::min(rest.find_first_of("/?"), rest.size());
  if (!is_host(rest.substr(0, path_begin))) return std::nullopt;
  const std::string_view path = rest.substr(path_begin);
  return (path.starts_with('/') ? "" : "/") + std::string(path);
}

enum class Version { http10, http11 };

Result<Version> read_version(std::string_view text) {
  if (text == "HTTP/1.1") return Version::http11;
  if (text == "HTTP/1.0") return Version::http10;
  const bool shaped = text.size() == 8 && text.starts_with("HTTP/") && is_ascii_digit(text[5]) && text[6] == '.' && is_ascii_digit(text[7]);
  if (shaped) return Error{Errc::invalid_request, "http-version-not-supported", "This server speaks HTTP/1.1 and HTTP/1.0."};
  return malformed("The request line must end in HTTP/1.1 or HTTP/1.0.");
}

Method method_of(std::string_view name) noexcept {
  if (name == "GET") return Method::get;
  if (name == "HEAD") return Method::head;
  if (name == "POST") return Method::post;
  return Method::other;
}

Result<Version> read_request_line(std::string_view line, std::size_t target_bytes_max, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return malformed("The request line must be METHOD TARGET VERSION.");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_token(method)) return malformed("The method is not a token.");
  if (target.size() > target_bytes_max) {
    return Error{Errc::too_large, "target-too-long", "The request target is limited to " + std::to_string(target_bytes_max) + " bytes."};
  }
  std::optional<std::string> path = origin_form(target);
  if (!path) return malformed("The request target must be a path or an http URL, in visible ASCII without user and fragment.");
  head.method = method_of(method);
  head.method_name = method;
  head.target = *std::move(path);
  return read_version(line.substr(last + 1));
}

/// What is collected from all fields before it is judged.
struct FieldNotes {
  int hosts = 0;
  int content_lengths = 0;
  int transfer_encodings = 0;
  std::string_view host;
  std::string_view content_length;
  std::string_view transfer_encoding;
  bool foreign_expectation = false;
};

void join(std::optional<std::string>& list, std::string_view value) {
  if (list) {
    list->append(", ").append(value);
  } else {
    list = value;
  }
}

void note_connection(std::string_view tokens, RequestHead& head) {
  for_each_list_item(tokens, [&head](std::string_view token) {
    if (iequals(token, "close")) head.keep_alive = false;
  });
}

void note_field(std::string_view name, std::string_view value, RequestHead& head, FieldNotes& notes) {
  if (iequals(name, "host")) {
    ++notes.hosts;
    notes.host = value;
  } else if (iequals(name, "content-length")) {
    ++notes.content_lengths;
    notes.content_length = value;
  } else if (iequals(name, "transfer-encoding")) {
    ++notes.transfer_encodings;
    notes.transfer_encoding = value;
  } else if (iequals(name, "content-encoding")) {
    join(head.content_encoding, value);
  } else if (iequals(name, "if-none-match")) {
    join(head.if_none_match, value);
  } else if (iequals(name, "connection")) {
    note_connection(value, head);
  } else if (iequals(name, "expect")) {
    (iequals(value, "100-continue") ? head.expects_continue : notes.foreign_expectation) = true;
  } else if (iequals(name, "x-ghl-signature")) {
    head.signatures.ed25519.emplace_back(value);
  } else if (iequals(name, "x-wh-signature")) {
    head.signatures.rsa.emplace_back(value);
  }
}

Result<void> read_field(std::string_view line, RequestHead& head, FieldNotes& notes) {
  if (line.front() == ' ' || line.front() == '\t') return malformed("Folded header lines are obsolete and refused.");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return malformed("A header line has no colon.");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_token(name)) return malformed("A header name is not a token, or a space stands before its colon.");
  if (!all_of(value, is_field_char)) return malformed("A header value contains a control character.");
  note_field(name, value, head, notes);
  return {};
}

Result<void> judge_host(const FieldNotes& notes, Version version) {
  const auto refused = [](const char* detail) { return Error{Errc::invalid_request, "invalid-host", detail}; };
  if (notes.hosts > 1) return refused("The Host header occurs more than once.");
  if (notes.hosts == 0) {
    if (version == Version::http10) return {};
    return refused("The Host header is missing.");
  }
  if (!is_host(notes.host)) return refused("The Host header is not a valid host.");
  return {};
}

Result<void> judge_framing(const FieldNotes& notes, Version version, RequestHead& head) {
  if (notes.transfer_encodings > 0) {
    if (notes.transfer_encodings > 1 || !iequals(notes.transfer_encoding, "chunked"))
      return bad_framing("The only transfer coding is chunked, once.");
    if (notes.content_lengths > 0) return bad_framing("Transfer-Encoding and Content-Length exclude each other.");
    if (version == Version::http10) return bad_framing("HTTP/1.0 has no Transfer-Encoding.");
    head.chunked = true;
    return {};
  }
  if (notes.content_lengths > 1) return bad_framing("Content-Length occurs more than once.");
  if (notes.content_lengths == 1) {
    const char* const begin = notes.content_length.data();
    const char* const end = begin + notes.content_length.size();
    if (!all_of(notes.content_length, is_ascii_digit)) return bad_framing("Content-Length must be one decimal number.");
    const auto [stopped, code] = std::from_chars(begin, end, head.content_length);
    if (code != std::errc() || stopped != end) return bad_framing("Content-Length must be one decimal number of at most 64 bits.");
  }
  return {};
}

}  // namespace

BlockScan scan_block(std::string_view bytes, std::size_t scanned) noexcept {
  for (std::size_t at = bytes.find('\n', scanned); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return {BlockState::malformed, 0};
    if (at >= 3 && bytes[at - 2] == '\n') return {BlockState::complete, at + 1};
  }
  return {BlockState::incomplete, 0};
}

Error oversized_block(std::string_view bytes) {
  if (bytes.find(kLineEnd) == std::string_view::npos) return Error{Errc::too_large, "target-too-long", "The request line is too long."};
  return Error{Errc::too_large, "header-too-large", "The header fields are too long together."};
}

Result<RequestHead> examine_block(std::string_view block, std::size_t target_bytes_max) {
  RequestHead head;
  FieldNotes notes;
  const std::size_t first_end = block.find(kLineEnd);
  if (first_end == std::string_view::npos || !block.ends_with("\r\n\r\n")) return malformed("The header has no end.");

  const Result<Version> version = read_request_line(block.substr(0, first_end), target_bytes_max, head);
  if (!version) return version.error();
  for (std::size_t at = first_end + kLineEnd.size(); at + kLineEnd.size() < block.size();) {
    const std::size_t end = block.find(kLineEnd, at);
    const Result<void> field = read_field(block.substr(at, end - at), head, notes);
    if (!field) return field.error();
    at = end + kLineEnd.size();
  }

  if (const Result<void> host = judge_host(notes, *version); !host) return host.error();
  if (const Result<void> framing = judge_framing(notes, *version, head); !framing) return framing.error();
  if (*version == Version::http10) {
    // HTTP/1.0 has neither persistent connections nor expectations.
    head.keep_alive = false;
    head.expects_continue = false;
  } else if (notes.foreign_expectation) {
    return Error{Errc::invalid_request, "expectation-failed", "The only expectation that can be met is 100-continue."};
  }
  return head;
}

}  // namespace ledger::server
