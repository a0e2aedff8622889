// How each system is started, and how it is seen to be ready.
#include "tests/bench/systems.h"

#include "tests/bench/results.h"
#include "tests/support/http_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

namespace ledger::bench {
namespace {

/// One that nobody listens on now, and below those that Linux gives to outgoing connections (ip_local_port_range): of these any process may take it
/// before the system does.
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

/// One process: the generator takes the other core. Queries are answered from a file whose descriptor and pages stay in memory; of a delivery the
/// body is received, then forgotten.
constexpr std::string_view kNginxConfiguration = R"(daemon off;
master_process off;
pid DIRECTORY/nginx.pid;
error_log stderr error;
events { worker_connections 2048; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/json;
  client_header_buffer_size 16k;
  open_file_cache max=10 inactive=1h;
  open_file_cache_valid 1h;
  client_body_temp_path DIRECTORY/body;
  proxy_temp_path DIRECTORY/proxy;
  fastcgi_temp_path DIRECTORY/fastcgi;
  uwsgi_temp_path DIRECTORY/uwsgi;
  scgi_temp_path DIRECTORY/scgi;
  server {
    listen ENDPOINT;
    root DIRECTORY;
    location /v1/ { rewrite ^ /page.json break; }
    location /webhooks/ { return 200 '{"status":"recorded","sequence":1234567}'; }
  }
}
)";

std::string with(std::string text, std::string_view name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) text.replace(at, name.size(), value);
  return text;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::vector<std::string> command_of(const System& system, const Tools& tools, const std::string& directory, std::uint16_t port,
                                    std::uint16_t ops_port) {
  std::vector<std::string> command;
  switch (system.kind) {
    case Kind::ledger:
      command = {tools.ledger, "serve", "--database", database_in(directory), "--listen", on_loopback(port), "--ops-listen", on_loopback(ops_port)};
      command.insert(command.end(), system.arguments.begin(), system.arguments.end());
      break;
    case Kind::peer:
      command = {"node", tools.peers + "/server.mjs", "--mode", system.mode, "--port", std::to_string(port), "--database", database_in(directory)};
      break;
    case Kind::nginx:
      write_file(directory + "/nginx.conf", with(with(std::string(kNginxConfiguration), "ENDPOINT", on_loopback(port)), "DIRECTORY", directory));
      if (!std::filesystem::exists(page_in(directory))) write_file(page_in(directory), "{}");
      command = {tools.nginx, "-e", "stderr", "-p", directory, "-c", directory + "/nginx.conf"};
      break;
  }
  return command;
}

constexpr std::string_view kLedgerDurability = "SQLite, WAL, synchronous=FULL; deliveries that wait together share a commit";

bool is_answering(std::uint16_t port, const std::string& target) {
  try {
    test::HttpClient client(port);
    return client.request("GET", target).status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

const System& ledger_system() {
  static const System system = {.name = std::string(kLedger),
                                .kind = Kind::ledger,
                                .commits = "FULL, grouped",
                                .durability = std::string(kLedgerDurability),
                                .arguments = {"--allow-unsigned", "--log-level", "error"}};
  return system;
}

const System& ledger_logging_system() {
  static const System system = {.name = std::string(kLedgerInfo),
                                .kind = Kind::ledger,
                                .commits = "FULL, grouped",
                                .durability = std::string(kLedgerDurability),
                                .arguments = {"--allow-unsigned"},
                                .log = "/dev/null"};
  return system;
}

const std::vector<System>& peer_systems() {
  static const std::vector<System> systems = {
      {.name = "fastify",
       .kind = Kind::peer,
       .commits = "FULL, each",
       .durability = "Fastify and better-sqlite3, WAL, synchronous=FULL; a commit for each delivery",
       .mode = "fastify",
       .database_of = "fastify-grouped"},
      {.name = "fastify-grouped",
       .kind = Kind::peer,
       .commits = "FULL, grouped",
       .durability = "Fastify and better-sqlite3, WAL, synchronous=FULL; deliveries that wait together share a commit",
       .mode = "fastify-grouped"},
      {.name = "express",
       .kind = Kind::peer,
       .commits = "FULL, each",
       .durability = "Express and better-sqlite3, WAL, synchronous=FULL; a commit for each delivery",
       .mode = "express",
       .database_of = "fastify-grouped"},
      {.name = "emmett",
       .kind = Kind::peer,
       .commits = "FULL, each",
       .durability = "Emmett's SQLite event store behind Fastify, WAL, synchronous=FULL; a commit for each delivery",
       .mode = "emmett"},
      {.name = "postgres",
       .kind = Kind::peer,
       .commits = "fsync, each",
       .durability = "Fastify and PostgreSQL, fsync and synchronous_commit on; a commit for each delivery, commits may share a flush",
       .mode = "postgres"},
  };
  return systems;
}

const System& nginx_system() {
  static const System system = {.name = "nginx",
                                .kind = Kind::nginx,
                                .commits = "none",
                                .durability = "keeps nothing: the ceiling of HTTP. One process, for the generator takes the other core"};
  return system;
}

std::vector<System> known_systems() {
  std::vector<System> systems = {ledger_system(), ledger_logging_system()};
  systems.insert(systems.end(), peer_systems().begin(), peer_systems().end());
  systems.push_back(nginx_system());
  return systems;
}

bool is_there(const System& system, const Tools& tools) {
  switch (system.kind) {
    case Kind::ledger: return !tools.ledger.empty();
    case Kind::peer: return !tools.peers.empty();
    case Kind::nginx: return !tools.nginx.empty();
  }
  return false;
}

RunningSystem::RunningSystem(const System& system, const Tools& tools, const std::string& directory)
    : port_(free_port()), ops_port_(free_port()), syncs_(tools.sync_counter, directory + "/syncs") {
  ChildOptions options;
  options.command = command_of(system, tools, directory, port_, ops_port_);
  options.environment = syncs_.environment();
  if (system.mode == "postgres") {
    cluster_.emplace(tools.peers + "/postgres", directory + "/postgres", syncs_.environment());
    options.command.insert(options.command.end(), {"--postgres-url", cluster_->url()});
  }
  options.log = system.log.empty() ? directory + "/log" : system.log;
  const auto start = std::chrono::steady_clock::now();
  child_.emplace(std::move(options));
  wait_until_ready(system);
  start_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void RunningSystem::wait_until_ready(const System& system) {
  if (system.kind == Kind::peer) return child_->wait_for_line("ready");
  const bool is_ledger = system.kind == Kind::ledger;
  while (!is_answering(is_ledger ? ops_port_ : port_, is_ledger ? "/readyz" : "/v1/")) {
    if (child_->ends_within(std::chrono::milliseconds(1))) child_->fail("ended before it was ready");
  }
}

ProcessUsage RunningSystem::usage() const {
  ProcessUsage sum = usage_with_descendants(child_->pid());
  if (cluster_) {
    const ProcessUsage more = usage_with_descendants(cluster_->pid());
    sum.cpu_s += more.cpu_s;
    sum.rss_bytes += more.rss_bytes;
    sum.rss_max_bytes += more.rss_max_bytes;
  }
  return sum;
}

void RunningSystem::stop() {
  child_->stop();
  cluster_.reset();
}

std::string database_in(const std::string& directory) {
  return directory + "/ledger.db";
}

std::string page_in(const std::string& directory) {
  return directory + "/page.json";
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
