#include <prelabel/labeling/task.hpp>
#include <prelabel/labeling/task_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <xxhash.h>

namespace prelabel::labeling {
namespace {

/// Every part is preceded by its length or count, so that no two tasks share an encoding ("ab"+"c" is not "a"+"bc").
class Canonical {
public:
    void count(std::size_t value) {
        for (int shift = 0; shift < 64; shift += 8)
            bytes_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF));
    }
    void part(std::string_view text) {
        count(text.size());
        bytes_ += text;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

constexpr std::size_t version_digits = 12;

}  // namespace

std::string Task::version() const {
    Canonical canonical;
    canonical.part(prompt_format(kind));
    canonical.part(instructions);
    canonical.count(labels.size());
    for (const Label& label : labels) {
        canonical.part(label.name);
        canonical.part(label.description);
    }
    canonical.count(examples.size());
    for (const Example& example : examples) {
        canonical.part(example.text);
        canonical.count(example.entities.size());
        for (const Mention& mention : example.entities) {
            canonical.part(mention.label);
            canonical.part(mention.text);
        }
    }
    canonical.part(own_schema);

    const XXH128_hash_t hash = XXH3_128bits(canonical.bytes().data(), canonical.bytes().size());
    std::string digits;
    for (std::size_t i = 0; i < version_digits; ++i) digits += "0123456789abcdef"[hash.high64 >> (60 - 4 * i) & 0xF];
    return digits;
}

}  // namespace prelabel::labeling
