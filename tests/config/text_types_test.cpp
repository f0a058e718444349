#include "types.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

TEST(TextTypes, SayWhatTheyExpect) {
    EXPECT_EQ(text()->expectation(), "a text, not empty");
    EXPECT_EQ(text_or_empty()->expectation(), "a text");
    EXPECT_EQ(path()->expectation(), "the path of a file");
    EXPECT_EQ(variable()->expectation(), "the name of an environment variable such as OPENAI_API_KEY");
    EXPECT_EQ(pointer()->expectation(),
              "a JSON Pointer such as /text or /body/0/text, or the name of a column or field");
    EXPECT_EQ(url("llm.api_key")->expectation(), "an address such as https://api.openai.com/v1");
    EXPECT_EQ(listen()->expectation(), "host:port such as 127.0.0.1:9464 or [::1]:9464, or off");
    EXPECT_EQ(choice({"a"})->expectation(), "a");
    EXPECT_EQ(choice({"a", "b"})->expectation(), "one of a or b");
    EXPECT_EQ(choice({"a", "b", "c"}, {"d"})->expectation(), "one of a, b or c") << "not what cannot be chosen yet";
}

// What a message gives as an example must be taken where it is asked for.
TEST(TextTypes, TakeTheExamplesOfTheirMessages) {
    for (const char* text : {"/text", "/body/0/text"}) EXPECT_TRUE(value(text, pointer())) << text;
    for (const char* text : {"127.0.0.1:9464", "[::1]:9464", "off"}) EXPECT_TRUE(value(text, listen())) << text;
    EXPECT_TRUE(value("https://api.openai.com/v1", url("llm.api_key")));
    EXPECT_TRUE(value("OPENAI_API_KEY", variable()));
}

TEST(TextTypes, ATextIsAnythingButEmpty) {
    expect_taken<std::string>(text(), {{"a", "a"}, {" ", " "}, {"5", "5"}, {"no", "no"}, {"ä\nb", "ä\nb"}});
    EXPECT_EQ(refusal("", text()).what, "is empty");
    expect_taken<std::string>(text_or_empty(), {{"", ""}, {"a", "a"}});
}

TEST(TextTypes, APathIsFromTheDirectoryOfItsFile) {
    const auto read = [](std::string_view text, const Written& written) {
        return std::get<std::string>(*value(text, path(), written));
    };
    const Written in_file{true, "/etc/prelabel"};
    EXPECT_EQ(read("task.yaml", in_file), "/etc/prelabel/task.yaml");
    EXPECT_EQ(read("./a/../task.yaml", in_file), "/etc/prelabel/task.yaml");
    EXPECT_EQ(read("../task.yaml", in_file), "/etc/task.yaml");
    EXPECT_EQ(read("/run/key", in_file), "/run/key");
    EXPECT_EQ(read("./task.yaml", {true, ""}), "task.yaml") << "a file in the working directory";
    EXPECT_EQ(read("./a/../task.yaml", plain), "./a/../task.yaml") << "typed: as it is";
    EXPECT_EQ(refusal("", path()).what, "is empty");
}

TEST(TextTypes, AChoiceIsOneOfItsWordsAsTheyAreWritten) {
    const auto type = choice({"json", "text"}, {"csv"});
    expect_taken<std::string>(type, {{"json", "json"}, {"text", "text"}});
    expect_refused(type, {"", "JSON", "jso", "json ", "json,text", "0"});
    EXPECT_EQ(refusal("jsn", type).hint, "did you mean `json`?");
    EXPECT_EQ(refusal("jsn", type).what, "");
    EXPECT_EQ(refusal("parquet", type).hint, "") << "nothing is near";
    EXPECT_EQ(refusal("csv", type).what, "`csv` is not available in this version");
}

TEST(TextTypes, AnAddressIsHttpWithAHostAndWithoutAKey) {
    expect_taken<std::string>(url("llm.api_key"), {{"https://api.openai.com/v1", "https://api.openai.com/v1"},
                                                   {"http://127.0.0.1:8000", "http://127.0.0.1:8000"},
                                                   {"http://[::1]:8000/v1", "http://[::1]:8000/v1"},
                                                   {"https://host/v1/", "https://host/v1"},
                                                   {"https://host///", "https://host"}});
    expect_refused(url("llm.api_key"), {"", "https://", "http:///v1", "ftp://host", "host/v1", "//host", "https:/host",
                                        "HTTPS://host", "https://host?key=1", "https://host/v1#a", "https://ho st/"});
    for (const auto* port : {"http://host:0/v1", "http://host:65536", "http://host:port/v1", "http://host:/v1"})
        EXPECT_EQ(refusal(port, url("llm.api_key")).what, "has a port that is not a number from 1 to 65535") << port;
    EXPECT_TRUE(value("http://[::1]/v1", url("llm.api_key"))) << "no port";
    const auto call = refusal("https://api.openai.com/v1/chat/completions/", url("llm.api_key"));
    EXPECT_EQ(call.what, "names a call, which is appended to the address");
    EXPECT_EQ(call.hint, "leave out /chat/completions");
    const auto refused = refusal("https://me:pass@host/v1", url("llm.api_key"));
    EXPECT_EQ(refused.what, "holds a user name or password");
    EXPECT_EQ(refused.hint, "give the key as llm.api_key");
    EXPECT_EQ(refused.what.find("pass@"), std::string::npos);
    EXPECT_TRUE(value("https://host/a@b", url("llm.api_key"))) << "behind the host it is part of the path";
}

TEST(TextTypes, AListenAddressIsAHostAndAPortOrOff) {
    expect_taken<std::string>(listen(), {{"off", "off"},
                                         {"127.0.0.1:9464", "127.0.0.1:9464"},
                                         {"0.0.0.0:0", "0.0.0.0:0"},
                                         {"[::1]:65535", "[::1]:65535"},
                                         {"localhost:80", "localhost:80"}});
    expect_refused(listen(),
                   {"", "on", "OFF", "9464", ":9464", "localhost", "localhost:", "localhost:port", "localhost:65536",
                    "localhost:-1", "localhost:80 ", "::1:9464", "[]:80", "[::1]", "localhost:80/"});
}

TEST(TextTypes, APointerBeginsWithASlashAndEscapesTildes) {
    expect_taken<std::string>(pointer(),
                              {{"", ""}, {"/text", "/text"}, {"/a/0", "/a/0"}, {"/", "/"}, {"/a~1b~0c", "/a~1b~0c"}});
    EXPECT_EQ(value("body", pointer()), Value(std::string("/body"))) << "a name is one step";
    EXPECT_EQ(value("a/b~", pointer()), Value(std::string("/a~1b~0")));
    for (const char* text : {"/a~b", "/a~", "/~2"}) EXPECT_EQ(refusal(text, pointer()).hint, "write `~` as ~0") << text;
}

TEST(TextTypes, AVariableIsANameAndNeverTheKeyItself) {
    expect_taken<std::string>(variable(), {{"OPENAI_API_KEY", "OPENAI_API_KEY"}, {"_x9", "_x9"}});
    for (const char* text : {"", "9KEY", "sk-abc", "${KEY}", "$KEY", "MY KEY", "KÉY"}) {
        const auto refused = refusal(text, variable());
        EXPECT_EQ(refused.what, "is not the name of an environment variable");
        EXPECT_EQ(refused.hint, "write the name alone, without ${…}; the key itself does not belong in this file");
        EXPECT_TRUE(refused.secret) << "it may be the key";
    }
    EXPECT_FALSE(refusal("", text()).secret);
}

TEST(TextTypes, AreWrittenAsTheyWereRead) {
    for (const char* word : {"a", "a b", "ä: b"}) expect_reads_back(std::string(word), text());
    for (const char* word : {"json", "text"}) expect_reads_back(std::string(word), choice({"json", "text"}));
    expect_reads_back(std::string("/a~1b"), pointer());
    expect_reads_back(std::string("https://host/v1"), url("llm.api_key"));
    expect_reads_back(std::string("[::1]:80"), listen());
    expect_reads_back(std::string("KEY"), variable());
    for (const auto& type : {text(), path(), pointer(), url("llm.api_key"), listen(), variable()})
        EXPECT_FALSE(type->renders_json()) << type->expectation();
}

TEST(TextTypes, TheirSchemaTellsThemApart) {
    EXPECT_EQ(schema_of(text()), R"({"type":"string","minLength":1})");
    EXPECT_EQ(schema_of(text_or_empty()), R"({"type":"string"})");
    EXPECT_EQ(schema_of(path()), R"({"type":"string","minLength":1})");
    EXPECT_EQ(schema_of(choice({"a", "b"}, {"c"})), R"({"enum":["a","b"]})");
    EXPECT_EQ(schema_of(pointer()), R"({"type":"string","pattern":"^(/([^~]|~[01])*)?$|^[^/]|\\$\\{"})");
    EXPECT_EQ(schema_of(url("llm.api_key")), R"({"type":"string","pattern":"^https?://[^@?#\\s]+$|\\$\\{"})");
    EXPECT_EQ(schema_of(listen()), R"({"type":"string","pattern":"^off$|:[0-9]+$|\\$\\{"})");
    EXPECT_EQ(schema_of(variable()), R"({"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"})")
        << "a variable's name is never expanded";
}

}  // namespace
}  // namespace prelabel::config
