// The tree itself, held against the rules that layers.hpp and house_rules.hpp state and their own tests try out.

#include "house_rules.hpp"
#include "layers.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace prelabel::architecture {
namespace {

const std::vector<File>& tree() {
    static const std::vector<File> files = read_tree(PRELABEL_SOURCE_DIR);
    return files;
}

void expect_none(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) ADD_FAILURE() << finding.where << ": " << finding.what;
}

template <class Rule>
void expect_everywhere(Rule rule) {
    for (const auto& file : tree()) expect_none(rule(file));
}

TEST(Tree, IsTheOneWeMean) {
    std::set<std::string> found;
    for (const auto& file : tree()) found.insert(library_of(file.path));
    for (const std::string name : {"base", "flow", "labeling", "llm", "pipeline", "kafka", "http"})
        EXPECT_TRUE(found.contains(name)) << name;
    EXPECT_GT(tree().size(), 100U);
}

TEST(Tree, IncludesOnlyWhatTheLayersAllow) { expect_everywhere(forbidden_includes); }
TEST(Tree, KeepsPureLibrariesPure) { expect_everywhere(impurities); }
TEST(Tree, DocumentsEveryPublicHeader) { expect_everywhere(undocumented_header); }
TEST(Tree, HasNoLongFileWithoutAReason) { expect_everywhere(too_long); }
TEST(Tree, HasNoVagueNames) { expect_everywhere(vague_name); }
TEST(Tree, HasNoNotesToSelf) { expect_everywhere(unfinished); }
TEST(Tree, IncludesItsOwnHeadersInOneForm) { expect_everywhere(include_style); }
TEST(Tree, HasNoCommentWiderThanItsCode) { expect_everywhere(wide_comments); }
TEST(Tree, TearsNoSentenceInAComment) { expect_everywhere(torn_comments); }
TEST(Tree, JoinsItsCoroutines) { expect_everywhere(detached_coroutines); }
TEST(Tree, SaysWhyEachLibraryExists) { expect_none(missing_readmes(tree())); }
TEST(Tree, NamesNoPathThatIsGone) { expect_none(stale_paths(tree())); }
TEST(Tree, HasNoBrokenLinks) { expect_none(broken_links(tree())); }

}  // namespace
}  // namespace prelabel::architecture
