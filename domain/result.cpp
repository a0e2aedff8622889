// The exception for a Result whose error was not handled.
#include "domain/result.h"

#include <stdexcept>

namespace ledger {

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": result holds " + std::string(error.reason) + ": " +
                         error.detail);
}

}  // namespace ledger
