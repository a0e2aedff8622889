// What the checks of `verify` have in common.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ledger::storage {

/// Thrown at the first divergence that a check finds.
struct Divergence {
  std::string what;
};

[[noreturn]] inline void diverges(const std::string& where, std::string_view what) {
  throw Divergence{where + ": " + std::string(what)};
}

/// The value that `read` makes of a row. If no release of this schema writes such a row, the divergence begins with `where`.
template <class Read>
auto readable(const std::string& where, Read read) {
  try {
    return read();
  } catch (const SQLite::Exception&) {
    throw;
  } catch (const std::runtime_error& unreadable) {
    throw Divergence{where + unreadable.what()};
  }
}

/// A check calls it for each row that it has checked. It throws if the check need not go on.
using Advance = std::function<void()>;

}  // namespace ledger::storage
