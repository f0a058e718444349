#include "labeling/pattern.hpp"

#include "labeling/ecma_pattern.hpp"

#include <cstdint>
#include <stdexcept>

#include <re2/re2.h>

namespace prelabel::labeling {
namespace {

constexpr std::int64_t memory_max = 8 << 20;

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(memory_max);
    return options;
}

std::shared_ptr<const RE2> compile(std::string_view pattern) {
    const auto refuse = [&](const std::string& reason) {
        throw std::invalid_argument("the pattern \"" + std::string(pattern) + "\" cannot be used: " + reason);
    };
    std::shared_ptr<const RE2> compiled;
    try {
        compiled = std::make_shared<const RE2>(ecma_to_re2(pattern), options());
    } catch (const std::invalid_argument& untranslatable) {
        refuse(untranslatable.what());
    }
    if (!compiled->ok()) refuse(compiled->error());
    return compiled;
}

}  // namespace

Pattern::Pattern(std::string_view pattern) : compiled_(compile(pattern)) {}

bool Pattern::found_in(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::size_t Pattern::steps_per_byte() const { return static_cast<std::size_t>(compiled_->ProgramSize()); }

}  // namespace prelabel::labeling
