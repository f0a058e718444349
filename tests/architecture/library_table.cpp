#include "library_table.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>

namespace prelabel::architecture {
namespace {

Library read_library(const std::string& arguments) {
    static const std::map<std::string, Layer> layers = {
        {"pure", Layer::pure}, {"waits", Layer::waits}, {"shell", Layer::shell}, {"root", Layer::root}};
    std::istringstream words(arguments);
    Library library;
    std::string layer;
    words >> library.name >> layer;
    library.layer = layers.at(layer);
    std::map<std::string, std::vector<std::string>> lists;
    std::string keyword;
    for (std::string word; words >> word;) {
        if (word == "LINKS" || word == "ONLY" || word == "OF" || word == "EXTERNAL") {
            keyword = word;
        } else {
            lists[keyword].push_back(word);
        }
    }
    library.may_include = lists["LINKS"];
    library.only_of = lists["OF"];
    if (!library.only_of.empty()) library.only_header = lists["ONLY"].at(0);
    library.external = lists["EXTERNAL"];
    return library;
}

}  // namespace

std::vector<Library> read_libraries(const std::string& cmake) {
    static const std::regex comment("#[^\n]*");
    static const std::regex call(R"(\bprelabel_library\(([^)]*)\))");
    const std::string code = std::regex_replace(cmake, comment, "");
    std::vector<Library> all;
    for (auto match = std::sregex_iterator(code.begin(), code.end(), call); match != std::sregex_iterator(); ++match)
        all.push_back(read_library((*match)[1]));
    return all;
}

const std::vector<Library>& libraries() {
    static const std::vector<Library> all = [] {
        std::ifstream stream(PRELABEL_SOURCE_DIR "/CMakeLists.txt");
        return read_libraries(std::string(std::istreambuf_iterator<char>(stream), {}));
    }();
    return all;
}

const Library* find_library(std::string_view name) {
    const auto found = std::ranges::find(libraries(), name, &Library::name);
    return found == libraries().end() ? nullptr : &*found;
}

}  // namespace prelabel::architecture
