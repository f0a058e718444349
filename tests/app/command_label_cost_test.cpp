#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "model_server.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// `label` of fifty documents, at a server that counts no tokens.
class UncountedCost : public CommandTest {
protected:
    UncountedCost() {
        std::string many;
        for (int i = 0; i < 50; ++i)
            many += "{\"id\": \"d" + std::to_string(i) + "\", \"text\": \"Document " + std::to_string(i) + "\"}\n";
        folder.write("in.jsonl", many);
        configure("llm: {model: m, max_output_tokens: 20, price: {input_per_mtok: 1, output_per_mtok: 1000}}\n");
    }
    [[nodiscard]] Ended label(const std::string& arguments) const {
        return run("label " + folder.path("in.jsonl") + " -o " + folder.path("out.jsonl") + arguments + config() +
                   " --set llm.base_url=" + model.base_url());
    }

    const ModelServer model{[](std::string_view) { return says_uncounted(R"({"entities":[]})"); }};
};

TEST_F(UncountedCost, IsCappedByWhatItCanBeAtMost) {
    const auto ended = label(" --max-cost 0.1");
    EXPECT_EQ(ended.code, failed);
    EXPECT_EQ(model.calls(), 4U) << "each can cost 0.02 and a bit";
    EXPECT_EQ(lines(folder.read("out.jsonl")), 4U);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("\ncost          unknown: 4 of 4 answers came without token counts\n"),
                                 HasSubstr("stopped before --max-cost $0.1000: 4 of 4 answers came without token "
                                           "counts and are taken for the most that they can cost"),
                                 Not(HasSubstr("cost          $")), HasSubstr("--resume")));
}

TEST_F(UncountedCost, IsNullInTheRecord) {
    EXPECT_EQ(label(" -q").code, done);
    const auto records = folder.read("out.jsonl");
    EXPECT_EQ(lines(records), 50U);
    EXPECT_THAT(records, AllOf(HasSubstr(R"("cost_usd":null)"), Not(HasSubstr(R"("cost_usd":0)"))));
}

}  // namespace
}  // namespace prelabel::app
