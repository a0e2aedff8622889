// The command line of the benchmarks.
#include "tests/bench/load.h"
#include "tests/bench/workloads.h"
#include "tests/support/signing_key.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>

namespace {

using namespace ledger::bench;

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

struct LoadArguments {
  std::string target = "127.0.0.1:8080";
  std::string workload = "ingest";
  std::string key;
  LoadOptions load;
  WorkloadOptions options;
};

std::uint16_t loopback_port(const std::string& target) {
  constexpr std::string_view kHost = "127.0.0.1:";
  if (!target.starts_with(kHost)) throw std::runtime_error("--target is 127.0.0.1:PORT: what is measured runs on this machine");
  return static_cast<std::uint16_t>(std::stoul(target.substr(kHost.size())));
}

int run_load_command(LoadArguments arguments) {
  arguments.load.port = arguments.options.port = loopback_port(arguments.target);
  if (!arguments.key.empty()) arguments.options.signing_pem = read_file(arguments.key);
  const auto requests = workload(arguments.workload).prepare(arguments.options);
  const LoadResult result = run_load(arguments.load, *requests);
  const auto micros = [&result](double share) { return static_cast<double>(result.latency.quantile(share)) / 1000; };
  std::printf("%s connections %zu seconds %.2f answered/s %.0f unexpected %llu p50 %.0f p99 %.0f p99.9 %.0f max %.0f gap %.0f us",
              arguments.workload.c_str(), arguments.load.connections, result.window_s, result.per_second(),
              static_cast<unsigned long long>(result.unexpected), micros(0.5), micros(0.99), micros(0.999),
              static_cast<double>(result.latency.max()) / 1000, static_cast<double>(result.longest_gap_ns) / 1000);
  if (arguments.load.rate > 0) std::printf(" overdue %llu", static_cast<unsigned long long>(result.overdue));
  std::printf("\n");
  if (result.unexpected == 0) return 0;
  std::fprintf(stderr, "bench: the first unexpected answer: %s\n", result.first_unexpected.c_str());
  return 1;
}

int make_key(const std::string& path) {
  const auto key = ledger::test::SigningKey::ed25519();
  write_file(path, key.private_pem());
  write_file(path + ".pub", key.public_pem());
  return 0;
}

void add_load_options(CLI::App& command, LoadArguments& arguments) {
  command.add_option("--target", arguments.target, "127.0.0.1:PORT")->capture_default_str();
  command.add_option("--workload", arguments.workload)->capture_default_str();
  command.add_option("--connections", arguments.load.connections)->capture_default_str();
  command.add_option("--seconds", arguments.load.window_s, "how long to measure")->capture_default_str();
  command.add_option("--warm-up", arguments.load.warm_up_s, "seconds before that")->capture_default_str();
  command.add_option("--rate", arguments.load.rate, "requests a second that are due whatever the answers do; 0: each connection waits for its own");
  command.add_option("--locations", arguments.options.locations)->capture_default_str();
  command.add_option("--seed", arguments.options.seed, "of the random ids; else drawn");
  command.add_option("--key", arguments.key, "private key of ingest-signed, as `bench key` makes it");
  command.add_option("--requests", arguments.options.requests_max, "how many ingest-signed signs before it begins")->capture_default_str();
  command.add_option("--filled-events", arguments.options.filled_events, "events of the filled database that is asked about");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures association-ledger and its peers. Exit codes: 0 measured, 1 something was not answered as expected, 2 could not measure."};
  app.require_subcommand(1);
  LoadArguments load;
  load.options.seed = std::random_device{}();
  CLI::App* const load_command = app.add_subcommand("load", "one workload against a server that runs; prints one line, latencies in µs");
  add_load_options(*load_command, load);
  std::string key_path;
  CLI::App* const key_command = app.add_subcommand("key", "makes an Ed25519 key: FILE is the private half, FILE.pub what the service is given");
  key_command->add_option("FILE", key_path)->required();
  try {
    app.parse(argc, argv);
    if (load_command->parsed()) return run_load_command(load);
    return make_key(key_path);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 2;
  }
}
