#include <prelabel/base/ascii.hpp>
#include <prelabel/http/header_fields.hpp>

#include <algorithm>

namespace prelabel::http {

bool same_name(std::string_view one, std::string_view other) {
    return one.size() == other.size() &&
           std::equal(one.begin(), one.end(), other.begin(), [](char a, char b) { return lowered(a) == lowered(b); });
}

void HeaderFields::add(std::string_view name, std::string_view value) {
    places_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                       static_cast<std::uint32_t>(value.size())});
    text_ += name;
    text_ += value;
}

void HeaderFields::clear() {
    text_.clear();
    places_.clear();
}

HeaderFields::Field HeaderFields::operator[](std::size_t index) const {
    const Place& place = places_[index];
    const std::string_view text(text_);
    return {text.substr(place.begin, place.name_bytes), text.substr(place.begin + place.name_bytes, place.value_bytes)};
}

std::string_view HeaderFields::find(std::string_view name) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (const Field field = (*this)[i]; same_name(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace prelabel::http
