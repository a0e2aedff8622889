// Starts coroutines whose exceptions are logged.
#pragma once

#include "domain/log.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace ledger::server {

/// Starts `task` on `executor`. An exception that leaves the task is logged as `event`, which has static storage. `log` outlives the task.
template <class Executor>
void spawn_logged(const Executor& executor, boost::asio::awaitable<void> task, Log& log, std::string_view event) {
  boost::asio::co_spawn(executor, std::move(task), [&log, event](const std::exception_ptr& failure) noexcept {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      log.write(LogLevel::error, event, {{"reason", std::string_view(exception.what())}});
    } catch (...) {
      log.write(LogLevel::error, event, {{"reason", std::string_view("not an exception of the standard library")}});
    }
  });
}

}  // namespace ledger::server
