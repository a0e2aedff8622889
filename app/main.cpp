// The front door.
#include "app/commands.h"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return static_cast<int>(ledger::app::run(argc, argv));
  } catch (const std::exception& unexpected) {
    std::fprintf(stderr, "association-ledger: %s\n", unexpected.what());
    return static_cast<int>(ledger::app::Exit::failed);
  }
}
