// The entry point of the binary.
#include "app/commands.h"
#include "app/logging.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

namespace {

/// Opens /dev/null in place of each closed descriptor from 0 to 2. A database file would otherwise get one of these numbers, and what is printed to
/// standard error would go into it. False if that is impossible.
bool open_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != descriptor) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (!open_standard_descriptors()) return static_cast<int>(ledger::app::Exit::failed);
  try {
    auto exit = ledger::app::run(argc, argv);
    const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (exit == ledger::app::Exit::ok && !is_written) {
      exit = ledger::app::complain(ledger::app::Exit::failed, "the result could not be written to standard output");
    }
    return static_cast<int>(exit);
  } catch (const std::exception& unexpected) {
    std::fprintf(stderr, "association-ledger: %s\n", ledger::app::printable(unexpected.what()).c_str());
    return static_cast<int>(ledger::app::Exit::failed);
  }
}
