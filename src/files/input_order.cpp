#include <prelabel/base/expects.hpp>
#include <prelabel/files/input_order.hpp>

namespace prelabel::files {

void InputOrder::read(const Origin& origin) {
    const bool added = places_.emplace(Key(origin.partition.topic, origin.offset), next_++).second;
    expects(added, "a record is read once");
}

std::optional<std::uint64_t> InputOrder::place(const Origin& origin) const {
    const auto found = places_.find(Key(origin.partition.topic, origin.offset));
    if (found == places_.end()) return std::nullopt;
    return found->second;
}

void InputOrder::written(const Origin& origin) { places_.erase(Key(origin.partition.topic, origin.offset)); }

void InputOrder::stop() {
    stopped_ = true;
    if (when_stopped_) when_stopped_();
}

}  // namespace prelabel::files
