#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// Notices a server that cuts long requests to its context and says nothing, as Ollama does (`num_ctx`): the largest
/// number of input tokens comes again and again, for requests of different sizes.
///
/// Bound: a few numbers. It needs three such answers, of 1,024 tokens or more, whose requests differ by a tenth.
class ContextCut {
public:
    /// An answer to a request of so many bytes, and its input tokens as the server counted them.
    /// Returns: true once, when it is sure.
    bool answered(std::size_t body_bytes, std::uint64_t input_tokens);

private:
    std::uint64_t most_ = 0;          ///< input tokens
    std::size_t smallest_bytes_ = 0;  ///< of the requests that had so many
    std::size_t largest_bytes_ = 0;
    unsigned times_ = 0;
    bool told_ = false;
};

}  // namespace prelabel::llm
