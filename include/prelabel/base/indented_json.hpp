#pragma once

#include <string>
#include <string_view>

namespace prelabel {

/// JSON text laid out for people: a member or an element a line, two blanks a level. Order, numbers and strings stay as
/// they are written. Empty for what is no JSON.
[[nodiscard]] std::string indented_json(std::string_view json);

}  // namespace prelabel
