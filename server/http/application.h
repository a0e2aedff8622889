// What a connection needs to know of whoever answers its requests.
#pragma once

#include "server/http/http_types.h"
#include "server/http/loop_resources.h"
#include "server/http/router.h"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <variant>

namespace ledger::server {

/// A request in full.
struct Request {
  RequestHead head;
  Routed routed;
  std::string body;  ///< Verbatim, without its transfer coding.
};

/// Serves one listener: the ledger's API, or the operations. Called from all loops at once.
class Application {
 public:
  Application() = default;
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  virtual ~Application() = default;

  /// All that can be decided before the body is read: where the request goes, or why nowhere.
  [[nodiscard]] virtual std::variant<Routed, Response> admit(const RequestHead& head) const = 0;

  /// Answers. REQUIRES that admit() let the request pass. `request` and `loop`, the resources of the loop that this runs on, outlive the
  /// call. The body may be taken out of the request. May throw; then the client gets failed().
  [[nodiscard]] virtual boost::asio::awaitable<Response> answer(Request& request, LoopResources& loop) = 0;
  [[nodiscard]] virtual Response failed(const Routed& routed) = 0;
};

}  // namespace ledger::server
