// The database server behind one of the peers. It runs beside the peer, as a family of processes of its own.
#pragma once

#include <sys/types.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ledger::bench {

/// What should be measured is not on this machine; what() says how to get it.
class NotInstalled : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Made new in a directory, ended on destruction.
class PostgresCluster {
 public:
  /// `script` is tests/bench/peers/postgres. Throws NotInstalled, or std::runtime_error when it does not start.
  PostgresCluster(const std::string& script, const std::string& directory, const std::vector<std::string>& environment);
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;
  ~PostgresCluster();

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  /// Of the process that all others descend from.
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  std::string script_;
  std::string directory_;
  std::string url_;
  pid_t pid_ = 0;
};

}  // namespace ledger::bench
