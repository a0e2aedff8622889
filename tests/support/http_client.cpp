// Plain sockets, and just enough HTTP to read an answer.
#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace ledger::test {
namespace {

constexpr int patience_ms = 20'000;

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string("HttpClient: ") + what + ": " + std::strerror(errno));
}

void wait_until_ready(int socket, short events) {
  pollfd entry{socket, events, 0};
  const int ready = ::poll(&entry, 1, patience_ms);
  if (ready == 0) throw std::runtime_error("HttpClient: the peer is too slow");
  if (ready < 0) fail("poll");
}

bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

HttpResponse parse_head(std::string_view head) {
  HttpResponse response;
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) throw std::runtime_error("HttpClient: no status line: " + std::string(head));
  response.status = std::stoi(std::string(head.substr(9, 3)));
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::runtime_error("HttpClient: no header: " + std::string(line));
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    head.remove_prefix(end + 2);
  }
  return response;
}

}  // namespace

std::optional<std::string> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Every send() must leave as a segment of its own: tests cut requests at every byte.
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int reason = errno;
    ::close(socket_);
    errno = reason;
    fail("connect");
  }
}

HttpClient::~HttpClient() {
  ::close(socket_);
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_until_ready(socket_, POLLOUT);
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) continue;
    if (count < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void HttpClient::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void HttpClient::dribble_until_answered() {
  pollfd entry{socket_, POLLIN, 0};
  while (::poll(&entry, 1, 0) == 0) send("x");
}

bool HttpClient::receive_more() {
  wait_until_ready(socket_, POLLIN);
  std::array<char, 16'384> chunk{};
  const ssize_t count = ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (count < 0 && errno != ECONNRESET) fail("recv");
  if (count <= 0) return false;
  received_.append(chunk.data(), static_cast<std::size_t>(count));
  return true;
}

HttpResponse HttpClient::receive(Body body) {
  std::size_t head_end = received_.find("\r\n\r\n");
  while (head_end == std::string::npos) {
    if (!receive_more()) throw std::runtime_error("HttpClient: closed before an answer; got: " + received_);
    head_end = received_.find("\r\n\r\n");
  }
  HttpResponse response = parse_head(std::string_view(received_).substr(0, head_end + 2));
  received_.erase(0, head_end + 4);

  const bool bodiless = body == Body::none || response.status < 200 || response.status == 204 || response.status == 304;
  const std::size_t length = bodiless ? 0 : std::stoul(response.header("Content-Length").value());
  while (received_.size() < length) {
    if (!receive_more()) throw std::runtime_error("HttpClient: closed within a body");
  }
  response.body = received_.substr(0, length);
  received_.erase(0, length);
  return response;
}

std::string HttpClient::receive_until_closed() {
  while (receive_more()) {
  }
  return std::exchange(received_, {});
}

HttpResponse HttpClient::request(std::string_view method, std::string_view target, const HttpHeaders& headers, std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: ledger.test\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST") text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  send(text.append("\r\n").append(body));
  return receive(method == "HEAD" ? Body::none : Body::expected);
}

HttpResponse fetch(std::uint16_t port, std::string_view method, std::string_view target, const HttpHeaders& headers, std::string_view body) {
  HttpClient client(port);
  return client.request(method, target, headers, body);
}

}  // namespace ledger::test
