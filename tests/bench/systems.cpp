// Starts each system and waits until it is ready.
#include "tests/bench/systems.h"

#include "tests/bench/results.h"
#include "tests/support/http_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>

namespace ledger::bench {
namespace {

/// Returns a port that nobody listens on now. It is below those that Linux gives to outgoing connections (ip_local_port_range), so no other process
/// takes one of them by chance before the system does.
std::uint16_t free_port() {
  std::random_device random;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const auto port = static_cast<std::uint16_t>(16'384 + random() % 16'384);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_free = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    if (is_free) return port;
  }
  throw std::runtime_error("there is no free port");
}

std::string on_loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

std::vector<std::string> command_of(const System& system, const Tools& tools, const std::string& directory, std::uint16_t port,
                                    std::uint16_t ops_port) {
  if (!system.is_ledger()) {
    return {"node", tools.peers + "/server.mjs", "--mode", system.name, "--port", std::to_string(port), "--database", database_in(directory)};
  }
  std::vector<std::string> command = {tools.ledger, "serve",           "--database",   database_in(directory), "--create",
                                      "--listen",   on_loopback(port), "--ops-listen", on_loopback(ops_port)};
  command.insert(command.end(), system.ledger_options.begin(), system.ledger_options.end());
  return command;
}

bool is_ready(std::uint16_t ops_port) {
  try {
    test::HttpClient client(ops_port);
    return client.request("GET", "/readyz").status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

const System& ledger_system() {
  static const System system = {std::string(kLedger), {"--allow-unsigned", "--log-level", "error"}};
  return system;
}

const System& fastify_system() {
  static const System system = {std::string(kFastify), {}};
  return system;
}

const System& fastify_grouped_system() {
  static const System system = {std::string(kFastifyGrouped), {}};
  return system;
}

RunningSystem::RunningSystem(const System& system, const Tools& tools, const std::string& directory) : port_(free_port()) {
  const std::uint16_t ops_port = free_port();
  const auto start = std::chrono::steady_clock::now();
  child_.emplace(ChildOptions{command_of(system, tools, directory, port_, ops_port), directory + "/log"});
  wait_until_ready(system, ops_port);
  start_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void RunningSystem::wait_until_ready(const System& system, std::uint16_t ops_port) {
  if (!system.is_ledger()) return child_->wait_for_line("ready");
  while (!is_ready(ops_port)) {
    if (child_->ends_within(std::chrono::milliseconds(1))) child_->fail("ended before it was ready");
  }
}

void RunningSystem::rest(std::chrono::milliseconds time) {
  if (child_->ends_within(time)) child_->fail("ended while it was idle");
}

std::string database_in(const std::string& directory) {
  return directory + "/ledger.db";
}

std::uint64_t database_bytes(const std::string& directory) {
  std::uint64_t sum = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code missing;
    const std::uintmax_t size = std::filesystem::file_size(database_in(directory) + suffix, missing);
    if (!missing) sum += size;
  }
  return sum;
}

}  // namespace ledger::bench
