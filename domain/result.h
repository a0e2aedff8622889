// The error vocabulary of the whole service, and the Result that carries it.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace ledger {

/// What went wrong, chosen by what the caller must do about it. The list is closed: a new cause is a new `Error::reason`, not a new code.
enum class Errc {
  invalid_request,  ///< The caller's input is wrong. Do not repeat it unchanged.
  unauthenticated,  ///< Nobody vouches for the input. Nothing of it was kept.
  not_found,        ///< The thing asked for was never recorded.
  too_large,        ///< The input is over a limit.
  conflict,         ///< The input contradicts what is recorded.
  overloaded,       ///< A bound is reached. Nothing was stored; try again later.
  unavailable,      ///< The store cannot serve now. Nothing was stored; try again later.
  outcome_unknown,  ///< The input may or may not be stored. Repeating it is safe: duplicates are recognised.
  internal,         ///< A defect of ours, or a damaged database. Nothing was stored.
};

/// An expected failure. Broken environments and broken code throw instead.
struct Error {
  Errc code = Errc::internal;
  /// The exact cause, kebab-case and stable ("queue-full"): clients decide by it. Static storage.
  std::string_view reason;
  /// One sentence for people, safe to publish: no keys, no paths, no expected signature values.
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

/// Lets `Result::value()` throw; reached only by code that did not look first. Throws std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace ledger
