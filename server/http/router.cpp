// Matches paths segment by segment. The tables are short, so they are searched from their first line on.
#include "server/http/router.h"

#include "server/http/problem.h"
#include "server/http/target.h"

#include "domain/ids.h"
#include "domain/utf8.h"

#include <algorithm>
#include <utility>

namespace ledger::server {
namespace {

Error refusal(std::string_view reason, std::string detail) {
  return Error{Errc::invalid_request, reason, std::move(detail)};
}

/// True when `segments` match `path`. `captures` then holds the segments at its placeholders.
bool fits(std::string_view path, const std::vector<std::string>& segments, std::vector<std::string>& captures) {
  captures.clear();
  for (const std::string& segment : segments) {
    if (path.empty()) return false;
    path.remove_prefix(1);  // the slash
    const std::string_view expected = path.substr(0, path.find('/'));
    path.remove_prefix(expected.size());
    if (expected.starts_with('{')) {
      captures.push_back(segment);
    } else if (segment != expected) {
      return false;
    }
  }
  return path.empty();
}

/// Whether the ledger can have recorded such an id.
bool is_possible_id(std::string_view id) {
  return !id_fault(id) && is_valid_utf8(id);
}

/// Whether a proxy may decode the segment into another path (RFC 3986 3.3 and 6.2.2). A rule of the proxy would then judge a path other than ours.
bool changes_the_path(std::string_view segment) {
  return segment == "." || segment == ".." || segment.find('/') != std::string_view::npos;
}

bool is_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && is_valid_utf8(text);
}

Result<void> check_parameters(const Route& route, const std::vector<Parameter>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    if (!is_text(parameter.name)) return refusal("invalid-parameter", "The name of a query parameter is not UTF-8, or contains a NUL.");
    if (parameter.name.empty() || std::ranges::find(route.parameters, parameter.name) == route.parameters.end()) {
      return refusal("unknown-parameter", "The query parameter \"" + parameter.name + "\" is unknown to this route.");
    }
    const auto later = parameters.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::find_if(later, parameters.end(), [&](const Parameter& other) { return other.name == parameter.name; }) != parameters.end()) {
      return refusal("repeated-parameter", "The query parameter \"" + parameter.name + "\" is given more than once.");
    }
    if (!is_text(parameter.value)) {
      return refusal("invalid-parameter", "The query parameter \"" + parameter.name + "\" is not UTF-8, or contains a NUL.");
    }
  }
  return {};
}

bool allows(const Route& route, Method method) {
  return method == route.method || (method == Method::head && route.method == Method::get);
}

Response method_not_allowed(const Route& route) {
  const char* const allowed = route.method == Method::get ? "GET, HEAD" : "POST";
  Response response = problem(refusal("method-not-allowed", std::string("The route answers ") + allowed + "."));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

const std::string* Routed::parameter(std::string_view name) const noexcept {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &found->value;
}

Response no_such_route() {
  return problem(refusal("no-such-route", "The service has no route with this path."));
}

std::variant<Routed, Response> route_request(std::span<const Route> routes, const RequestHead& head) {
  Result<Target> target = parse_target(head.path());
  if (!target) return problem(target.error());
  std::vector<std::string> names = target->segments;  // Without the empty ones, which a doubled or trailing slash makes.
  std::erase(names, std::string());

  Routed routed;
  const auto fitting = [&](const Route& route) {
    return fits(route.path, route.family == RouteFamily::webhook ? names : target->segments, routed.captures);
  };
  const auto found = std::ranges::find_if(routes, fitting);
  // An empty last segment of a query is a trailing slash, not an empty id.
  const auto has_trailing_slash = [&] { return found->family != RouteFamily::webhook && target->segments.back().empty(); };
  if (found == routes.end() || has_trailing_slash() || std::ranges::any_of(routed.captures, changes_the_path)) {
    return no_such_route();
  }
  routed.route = &*found;
  routed.path = head.path();

  if (!allows(*routed.route, head.method)) return method_not_allowed(*routed.route);
  if (routed.route->family != RouteFamily::webhook) {
    target = parse_target(head.target);
    if (!target) return problem(target.error());
    routed.parameters = std::move(target->parameters);
    if (const Result<void> checked = check_parameters(*routed.route, routed.parameters); !checked) return problem(checked.error());
  }
  if (!std::ranges::all_of(routed.captures, is_possible_id)) {
    return problem(
        refusal("invalid-id", "An id in the path must be UTF-8 of 1 to " + std::to_string(kIdBytesMax) + " bytes without control characters."));
  }
  return routed;
}

}  // namespace ledger::server
