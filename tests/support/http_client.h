// A small HTTP client for tests: blocking, on loopback, exact to the byte. It shares no code with the server, so that it can disagree with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledger::test {

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of that name, whatever its case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// One connection. Everything throws std::runtime_error when the peer does not do its part within 20 seconds.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  void send(std::string_view bytes);
  /// Tells the peer that nothing more will be sent.
  void finish_sending();
  /// Sends "x" again and again, each in a segment of its own, until the peer answers or closes.
  void dribble_until_answered();

  enum class Body { expected, none };
  /// The next response; `none` for answers to HEAD. 1xx, 204 and 304 have no body by themselves.
  [[nodiscard]] HttpResponse receive(Body body = Body::expected);
  /// All that comes until the peer closes. A reset ends it too.
  [[nodiscard]] std::string receive_until_closed();

  /// Sends a request with Host, the given headers and, for a non-empty body or POST, Content-Length; then receives.
  HttpResponse request(std::string_view method, std::string_view target, const HttpHeaders& headers = {}, std::string_view body = {});

 private:
  /// False at the end of the stream.
  bool receive_more();

  int socket_ = -1;
  std::string received_;
};

/// One request on a connection of its own.
[[nodiscard]] HttpResponse fetch(std::uint16_t port, std::string_view method, std::string_view target, const HttpHeaders& headers = {},
                                 std::string_view body = {});

}  // namespace ledger::test
