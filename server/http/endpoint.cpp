// Reading and writing addresses.
#include "server/http/endpoint.h"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace ledger::server {
namespace {

namespace ip = boost::asio::ip;

Error invalid_endpoint(std::string_view text, std::string_view why) {
  return Error{Errc::invalid_request, "invalid-endpoint", "\"" + std::string(text) + "\" is not ADDRESS:PORT: " + std::string(why)};
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid_endpoint(text, "the port is missing.");
  std::string_view address = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);

  const bool bracketed = address.size() >= 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  boost::system::error_code failed;
  const ip::address parsed = ip::make_address(address, failed);
  if (failed) return invalid_endpoint(text, "the address must be an IP address.");
  if (parsed.is_v6() != bracketed) return invalid_endpoint(text, "an IPv6 address needs brackets, and an IPv4 address has none.");

  std::uint16_t port = 0;
  const char* const end = port_text.data() + port_text.size();
  const auto [stopped, code] = std::from_chars(port_text.data(), end, port);
  if (code != std::errc() || stopped != end) return invalid_endpoint(text, "the port must be a number from 0 to 65535.");
  return Endpoint{std::string(address), port};
}

std::string to_string(const Endpoint& endpoint) {
  if (!endpoint.socket_path.empty()) return endpoint.socket_path;
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

bool is_loopback(std::string_view address) noexcept {
  boost::system::error_code failed;
  const ip::address parsed = ip::make_address(address, failed);
  if (failed) return false;
  if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, parsed.to_v6()).is_loopback();
  return parsed.is_loopback();
}

}  // namespace ledger::server
