// The one place where the bodies of Asio are compiled; everywhere else they are declarations.
#include <boost/asio/impl/src.hpp>
