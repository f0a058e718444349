#include "http/address_book.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::http {

void AddressBook::found(TimePoint now, const std::vector<Address>& addresses) {
    std::vector<Entry> entries;
    for (const Address& address : addresses) {
        if (entries.size() == addresses_max) break;
        const auto known = std::ranges::find(entries_, address, &Entry::address);
        entries.push_back({address, known == entries_.end() ? std::nullopt : known->died_at});
    }
    entries_ = std::move(entries);
    found_at_ = now;
    error_.clear();
}

void AddressBook::failed(TimePoint now, boost::system::error_code error) {
    error_ = error;
    failed_at_ = now;
}

void AddressBook::died(TimePoint now, const Address& address) {
    const auto entry = std::ranges::find(entries_, address, &Entry::address);
    if (entry != entries_.end()) entry->died_at = now;
}

void AddressBook::works(const Address& address) {
    const auto entry = std::ranges::find(entries_, address, &Entry::address);
    if (entry != entries_.end()) entry->died_at.reset();
}

std::optional<boost::system::error_code> AddressBook::failure(TimePoint now) const {
    if (!error_ || now - failed_at_ >= failed_for) return std::nullopt;
    return error_;
}

std::vector<Address> AddressBook::in_order(TimePoint now) const {
    const auto is_dead = [now](const Entry& entry) { return entry.died_at && now - *entry.died_at < dead_for; };
    std::vector<Address> order;
    for (const bool dead : {false, true}) {
        for (const Entry& entry : entries_) {
            if (is_dead(entry) == dead) order.push_back(entry.address);
        }
    }
    return order;
}

}  // namespace prelabel::http
