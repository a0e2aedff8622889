// The main configurations only add what keeps a proxy in the foreground, in its own directory and on 127.0.0.1.
#include "tests/e2e/proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace ledger::test {
namespace {

constexpr std::string_view kNginxMain = R"(
daemon off;
master_process off;
pid DIRECTORY/nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path DIRECTORY/client_body;
    proxy_temp_path DIRECTORY/proxy;
    fastcgi_temp_path DIRECTORY/fastcgi;
    uwsgi_temp_path DIRECTORY/uwsgi;
    scgi_temp_path DIRECTORY/scgi;
    include DIRECTORY/example;
}
)";

constexpr std::string_view kCaddyMain = R"({
	admin off
	default_bind 127.0.0.1
}
import DIRECTORY/example
)";

/// Looks where tests/proxies.sh unpacks the program, then where Debian installs it.
std::string find_program(ProxyKind kind) {
  const std::string path = kind == ProxyKind::nginx ? "/usr/sbin/nginx" : "/usr/bin/caddy";
  for (const std::string& candidate : {LEDGER_PROXIES_DIR + path, path}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  throw std::runtime_error(to_string(kind) + " is not on this machine. Run tests/proxies.sh, which unpacks nginx and Caddy into build/proxies.");
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

/// A part of an example that stands at the beginning of a line, and what a test puts in its place.
struct Replacement {
  std::string_view from;
  std::string to;
};

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::string with_replacements(std::string text, const std::vector<Replacement>& replacements) {
  for (const auto& [from, to] : replacements) {
    const std::size_t at = text.find("\n" + std::string(from));
    if (at == std::string::npos) throw std::runtime_error("the example has no line that begins with: " + std::string(from));
    text.replace(at + 1, from.size(), to);
  }
  return text;
}

}  // namespace

ReservedPort::ReservedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any_address = reinterpret_cast<sockaddr*>(&address);
  const bool is_bound = ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && ::bind(socket_, any_address, size) == 0 &&
                        ::getsockname(socket_, any_address, &size) == 0;
  if (!is_bound) {
    ::close(socket_);
    throw std::runtime_error("no port can be reserved");
  }
  number_ = ntohs(address.sin_port);
}

ReservedPort::~ReservedPort() {
  ::close(socket_);
}

std::string to_string(ProxyKind kind) {
  return kind == ProxyKind::nginx ? "nginx" : "caddy";
}

Proxy::Proxy(ProxyKind kind, const std::string& ledger) {
  if (kind == ProxyKind::nginx) start_nginx(ledger);
  if (kind == ProxyKind::caddy) start_caddy(ledger);
}

Proxy::~Proxy() {
  kill();
  if (collector_.joinable()) collector_.join();
  ::close(output_);
  if (testing::Test::HasFailure()) std::cerr << "the proxy logged:\n" << log_;
}

void Proxy::start_nginx(const std::string& ledger) {
  const std::vector<Replacement> replacements = {{"    server 127.0.0.1:8080;", "server " + ledger + ";"},
                                                 {"    listen 443 ssl;", "listen " + port_.endpoint() + ";"},
                                                 {"    server_name hooks.example.com;", "server_name ledger.test;"},
                                                 {"    ssl_certificate ", "# "},
                                                 {"    ssl_certificate_key ", "# "}};
  write_file(directory_.file("example"), with_replacements(read_file(LEDGER_PACKAGING_DIR "/proxy/nginx.conf"), replacements));
  write_file(directory_.file("main"), replace_all(std::string(kNginxMain), "DIRECTORY", directory_.path().string()));
  // nginx opens its listeners before it says which event method it uses.
  start({find_program(ProxyKind::nginx), "-p", directory_.path(), "-c", directory_.file("main"), "-g", "error_log stderr notice;"}, "event method");
}

void Proxy::start_caddy(const std::string& ledger) {
  const std::vector<Replacement> replacements = {{"hooks.example.com {", "http://ledger.test:" + std::to_string(port()) + " {"},
                                                 {"\t\treverse_proxy 127.0.0.1:8080 {", "reverse_proxy " + ledger + " {"}};
  write_file(directory_.file("example"), with_replacements(read_file(LEDGER_PACKAGING_DIR "/proxy/Caddyfile"), replacements));
  write_file(directory_.file("main"), replace_all(std::string(kCaddyMain), "DIRECTORY", directory_.path().string()));
  start({"/usr/bin/env", "XDG_CONFIG_HOME=" + directory_.file("config"), "XDG_DATA_HOME=" + directory_.file("data"), find_program(ProxyKind::caddy),
         "run", "--adapter", "caddyfile", "--config", directory_.file("main")},
        "serving initial configuration");
}

void Proxy::start(const std::vector<std::string>& command, std::string_view ready) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
  const auto read_more = [this] {
    std::array<char, 4096> part{};
    const ssize_t got = ::read(output_, part.data(), part.size());
    if (got > 0) log_.append(part.data(), static_cast<std::size_t>(got));
    return got > 0;
  };
  while (log_.find(ready) == std::string::npos) {
    if (read_more()) continue;
    kill();
    ::close(output_);
    throw std::runtime_error(command.front() + " did not start:\n" + log_);
  }
  collector_ = std::thread([read_more] {
    while (read_more()) {
    }
  });
}

void Proxy::kill() noexcept {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace ledger::test
