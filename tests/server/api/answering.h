// Asking an application directly: no socket, no thread, one io_context that runs until the answer is there.
#pragma once

#include "server/http/application.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ledger::test {

/// The header of an ordinary delivery.
inline server::RequestHead post_head(std::string_view target = "/webhooks/highlevel") {
  server::RequestHead head;
  head.method = server::Method::post;
  head.target = target;
  return head;
}

inline server::RequestHead get_head(std::string_view target) {
  server::RequestHead head;
  head.method = server::Method::get;
  head.target = target;
  return head;
}

inline std::optional<std::string> header_of(const server::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

/// What the log line of the request says under this name; "" if it says nothing.
inline std::string note(const server::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.notes) {
    if (key != name) continue;
    const auto* const number = std::get_if<std::int64_t>(&value);
    return number != nullptr ? std::to_string(*number) : std::get<std::string>(value);
  }
  return {};
}

/// What a connection would do with a request that it has read.
class Answering {
 public:
  Answering(server::Application& application, std::unique_ptr<ShortReader> reader) : application_(application), reader_(std::move(reader)) {}

  server::Response ask(server::RequestHead head, std::string body = {}) {
    std::variant<server::Routed, server::Response> admitted = application_.admit(head);
    if (auto* const refusal = std::get_if<server::Response>(&admitted)) {
      application_.on_response(head, *refusal);
      return std::move(*refusal);
    }
    server::Request request{std::move(head), std::get<server::Routed>(std::move(admitted)), std::move(body)};
    std::optional<server::Response> answer;
    boost::asio::co_spawn(context_, application_.answer(request, *reader_), [&](const std::exception_ptr& failure, server::Response response) {
      if (failure) std::rethrow_exception(failure);
      answer = std::move(response);
    });
    context_.restart();
    context_.run();
    application_.on_response(request.head, answer.value());
    return std::move(answer).value();
  }

  server::Response get(std::string_view target) { return ask(get_head(target)); }
  server::Response post(std::string body, std::string_view target = "/webhooks/highlevel") { return ask(post_head(target), std::move(body)); }

 private:
  server::Application& application_;
  boost::asio::io_context context_;
  std::unique_ptr<ShortReader> reader_;
};

}  // namespace ledger::test
