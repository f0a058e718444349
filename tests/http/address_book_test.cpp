#include "http/address_book.hpp"

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Address address(unsigned last) {
    return {boost::asio::ip::address_v4(boost::asio::ip::address_v4::uint_type(0x0a000000U + last)), 443};
}

constexpr TimePoint start{};
const std::vector<Address> both{address(1), address(2)};

TEST(AddressBook, KeepsWhatWasFoundForSeconds) {
    AddressBook book;
    EXPECT_FALSE(book.fresh(start));
    EXPECT_FALSE(book.usable(start));
    book.found(start, both);
    EXPECT_TRUE(book.fresh(start + milliseconds(9'999)));
    EXPECT_FALSE(book.fresh(start + seconds(10)));
    EXPECT_EQ(book.in_order(start), both);
}

TEST(AddressBook, OldAddressesAreBetterThanNone) {
    AddressBook book;
    book.found(start, both);
    book.failed(start + minutes(9), boost::asio::error::host_not_found_try_again);
    EXPECT_TRUE(book.usable(start + minutes(9)));
    EXPECT_EQ(book.in_order(start + minutes(9)), both);
    EXPECT_FALSE(book.usable(start + minutes(10)));
}

TEST(AddressBook, AFailureIsSharedButNotForLong) {
    AddressBook book;
    book.failed(start, boost::asio::error::host_not_found);
    EXPECT_EQ(book.failure(start + milliseconds(499)), boost::asio::error::host_not_found);
    EXPECT_FALSE(book.failure(start + milliseconds(500)));
    book.failed(start, boost::asio::error::host_not_found);
    book.found(start, both);
    EXPECT_FALSE(book.failure(start));
}

TEST(AddressBook, TriesTheDeadLastForAWhile) {
    AddressBook book;
    book.found(start, both);
    const std::vector<Address> turned{address(2), address(1)};
    book.died(start, address(1));
    EXPECT_EQ(book.in_order(start + seconds(29)), turned);
    EXPECT_EQ(book.in_order(start + seconds(30)), both);
    book.died(start + seconds(40), address(1));
    book.found(start + seconds(50), both);  // another look-up does not raise the dead
    EXPECT_EQ(book.in_order(start + seconds(50)), turned);
    book.works(address(1));
    EXPECT_EQ(book.in_order(start + seconds(50)), both);
    book.died(start + seconds(50), address(1));
    book.died(start + seconds(50), address(2));
    EXPECT_EQ(book.in_order(start + seconds(50)), both);
}

TEST(AddressBook, IsBounded) {
    AddressBook book;
    std::vector<Address> many;
    for (unsigned i = 0; i < 1'000; ++i) many.push_back(address(i));
    book.found(start, many);
    EXPECT_EQ(book.in_order(start).size(), AddressBook::addresses_max);
}

}  // namespace
}  // namespace prelabel::http
