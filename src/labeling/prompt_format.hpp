#pragma once

#include <string_view>

namespace prelabel::labeling {

/// Part of every task's version. Change it together with anything in prompt_template.cpp that the model reads: answers
/// to the old words must not pass for answers to the new ones.
inline constexpr std::string_view prompt_format = "ner/1";

}  // namespace prelabel::labeling
