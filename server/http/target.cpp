// Parses with Boost.URL, which no header shows.
#include "server/http/target.h"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>

namespace ledger::server {
namespace {

namespace urls = boost::urls;

std::string decoded(urls::pct_string_view encoded) {
  std::string text;
  encoded.decode({}, urls::string_token::assign_to(text));
  return text;
}

/// Splits the path itself, since Boost.URL drops a leading "/." as the mark of a relative path. REQUIRES a path that Boost.URL has parsed.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (path.size() > 1 || (!path.empty() && !segments.empty())) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    segments.push_back(decoded(urls::pct_string_view(segment.data(), segment.size())));
    path.remove_prefix(segment.size());
  }
  return segments;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  const auto parsed = urls::parse_origin_form(target);
  if (!parsed) return Error{Errc::invalid_request, "malformed-target", "The request target is not a valid path with a query."};

  Target result;
  result.segments = segments_of(target.substr(0, target.find('?')));
  for (const auto& parameter : parsed->encoded_params()) {
    // "?" and a trailing "&" make empty parameters. They are ignored.
    if (parameter.key.empty() && !parameter.has_value) continue;
    result.parameters.push_back(Parameter{decoded(parameter.key), decoded(parameter.value)});
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  const auto checked = urls::make_pct_string_view(text);
  return checked ? decoded(*checked) : std::string(text);
}

std::string percent_encode(std::string_view text) {
  return urls::encode(text, urls::unreserved_chars);
}

}  // namespace ledger::server
