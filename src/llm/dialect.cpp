#include "llm/openai_dialect.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/llm/dialect.hpp>

namespace prelabel::llm {

const Dialect& dialect_of(std::string_view provider) {
    static const OpenAiDialect openai;
    expects(provider == "openai", "the configuration takes only providers whose dialect is known");
    return openai;
}

}  // namespace prelabel::llm
