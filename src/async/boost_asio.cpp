// The one unit that compiles Boost.Asio's own code;
// every other unit sees declarations (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
