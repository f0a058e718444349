#include "journal/answer_bytes.hpp"

#include "journal_world.hpp"

#include <prelabel/base/enum_values.hpp>

namespace prelabel::journal {
namespace {

llm::Completion full() {
    llm::Completion completion = completion_of(std::string("{\"a\":\0\"\xC3\xA9\xFF}", 12));
    completion.usage.uncounted = 1;
    completion.usage_malformed = true;
    return completion;
}

TEST(AnswerBytes, KeepAllThatWasPaidForAsItCame) {
    for (const auto finish : enum_values<llm::FinishReason>) {
        llm::Completion before = full();
        before.finish = finish;
        const auto after = answer_from(to_bytes(before));
        ASSERT_TRUE(after);
        EXPECT_EQ(after->content, before.content);
        EXPECT_EQ(after->response_id, before.response_id);
        EXPECT_EQ(after->model, before.model);
        EXPECT_EQ(after->finish, before.finish);
        EXPECT_EQ(after->usage, before.usage);
        EXPECT_EQ(after->usage_malformed, before.usage_malformed);
    }
}

TEST(AnswerBytes, OfAnotherVersionOrLengthAreNone) {
    const std::string whole = to_bytes(full());
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(answer_from(whole.substr(0, size))) << size;
    EXPECT_FALSE(answer_from(whole + "x"));
    std::string newer = whole;
    newer[0] = 2;
    EXPECT_FALSE(answer_from(newer));
}

}  // namespace
}  // namespace prelabel::journal
