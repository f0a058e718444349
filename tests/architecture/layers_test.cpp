#include "layers.hpp"

#include "library_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::architecture {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Finding> includes(const std::string& path, const std::string& include) {
    return forbidden_includes({path, "#pragma once\n#include <" + include + ">\n"});
}

auto says(const std::string& where, const std::string& what) {
    return ElementsAre(AllOf(Field(&Finding::where, where), Field(&Finding::what, HasSubstr(what))));
}

TEST(ForbiddenIncludes, LetThroughWhatTheTableAllows) {
    EXPECT_THAT(includes("src/labeling/a.cpp", "prelabel/llm/message.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/llm/a.cpp", "prelabel/llm/completion.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/llm/a.cpp", "llm/private.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/app/a.cpp", "prelabel/kafka/settings.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/flow/a.cpp", "vector"), IsEmpty());
    EXPECT_THAT(includes("src/http/a.cpp", "sys/socket.h"), IsEmpty());
}

TEST(ForbiddenIncludes, CatchAPureLibraryThatLooksUp) {
    EXPECT_THAT(includes("src/flow/a.cpp", "prelabel/async/clock.hpp"),
                says("src/flow/a.cpp:2", "flow must not know async"));
    EXPECT_THAT(includes("include/prelabel/base/a.hpp", "prelabel/flow/token_bucket.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/pipeline/a.cpp", "prelabel/kafka/settings.hpp"), SizeIs(1));
}

TEST(ForbiddenIncludes, CatchAShellLibraryThatKnowsAnother) {
    EXPECT_THAT(includes("src/kafka/a.cpp", "prelabel/http/http_client.hpp"),
                says("src/kafka/a.cpp:2", "kafka must not know http"));
    EXPECT_THAT(includes("src/http/a.cpp", "prelabel/telemetry/log.hpp"), SizeIs(1));
}

TEST(ForbiddenIncludes, LetConfigAndTelemetryTakeOneHeaderOfOtherShells) {
    EXPECT_THAT(includes("src/config/a.cpp", "prelabel/kafka/settings.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/config/a.cpp", "prelabel/kafka/kafka_source.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/telemetry/a.cpp", "prelabel/http/stats.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/telemetry/a.cpp", "prelabel/http/settings.hpp"), SizeIs(1));
}

TEST(ForbiddenIncludes, KeepPrivateHeadersAndProgramsToThemselves) {
    EXPECT_THAT(includes("src/llm/a.cpp", "labeling/answer_reader.hpp"), says("src/llm/a.cpp:2", "are its own"));
    EXPECT_THAT(includes("src/app/a.cpp", "kafka/client.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/kafka/a.cpp", "prelabel/app/run.hpp"), SizeIs(1));
}

TEST(ForbiddenIncludes, KeepDependenciesWithTheirOwners) {
    EXPECT_THAT(includes("src/kafka/a.cpp", "librdkafka/rdkafka.h"), IsEmpty());
    EXPECT_THAT(includes("src/app/a.cpp", "librdkafka/rdkafka.h"),
                says("src/app/a.cpp:2", "app has no rdkafka in CMakeLists.txt"));
    EXPECT_THAT(includes("src/async/a.cpp", "boost/beast/core.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/async/a.cpp", "boost/asio/ssl/context.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/async/a.cpp", "boost/asio/post.hpp"), IsEmpty());
    EXPECT_THAT(includes("src/flow/a.cpp", "boost/asio/post.hpp"), SizeIs(1));
    EXPECT_THAT(includes("src/evaluation/a.cpp", "rapidjson/document.h"), SizeIs(1));
    EXPECT_THAT(includes("src/app/a.cpp", "spdlog/spdlog.h"), SizeIs(1));
    EXPECT_THAT(includes("src/app/a.cpp", "left/pad.hpp"), says("src/app/a.cpp:2", "nobody owns"));
}

TEST(ForbiddenIncludes, KeepDependenciesOutOfPublicHeaders) {
    for (const std::string header :
         {"librdkafka/rdkafka.h", "boost/beast/http.hpp", "rapidjson/document.h", "jsoncons/json.hpp",
          "yaml-cpp/yaml.h", "spdlog/spdlog.h", "prometheus/registry.h", "openssl/ssl.h"}) {
        std::size_t owners = 0;
        for (const auto& library : libraries()) {
            owners += includes("src/" + library.name + "/a.hpp", header).empty();
            EXPECT_THAT(includes("include/prelabel/" + library.name + "/a.hpp", header), SizeIs(1))
                << header << " in " << library.name;
        }
        EXPECT_GE(owners, 1U) << header;
    }
    EXPECT_THAT(includes("include/prelabel/async/coroutine.hpp", "boost/asio/awaitable.hpp"), IsEmpty());
}

TEST(ForbiddenIncludes, DemandThatEveryLibraryIsInTheTable) {
    EXPECT_THAT(includes("src/gadgets/a.cpp", "vector"),
                says("src/gadgets/a.cpp", "does not say what gadgets may include"));
    EXPECT_THAT(includes("src/flow/a.cpp", "prelabel/gadgets/a.hpp"),
                says("src/flow/a.cpp:2", "there is no library gadgets"));
}

TEST(Impurities, AreFoundInPureLibrariesOnly) {
    for (const std::string line :
         {"auto t = std::chrono::steady_clock::now();", "auto t = my_clock :: now();", "std::mutex m;",
          "std::thread t;", "std::scoped_lock lock(m);", "std::atomic<int> n;", "std::random_device d;",
          "int r = rand();", "std::cerr << 1;", "printf(1);", "auto t = std::time(nullptr);", "getenv(x);",
          "usleep(1);", "#include <thread>", "#include <iostream>", "#include <fstream>", "#include <sys/socket.h>",
          "#include <boost/asio/steady_timer.hpp>", "#include <boost/asio/ip/tcp.hpp>"}) {
        EXPECT_THAT(impurities({"src/flow/a.cpp", "\n" + line + "\n"}),
                    ElementsAre(Field(&Finding::where, "src/flow/a.cpp:2")))
            << line;
        EXPECT_THAT(impurities({"src/http/a.cpp", line}), IsEmpty()) << line;
        EXPECT_THAT(impurities({"src/flow/a.cpp", "// " + line}), IsEmpty()) << line;
    }
}

TEST(Impurities, AreNotSeenInInnocentCode) {
    for (const std::string line :
         {"auto t = clock.now();", "using Grand = int; grand(1);", "std::chrono::seconds(5);", "auto mutexes = 1;",
          "std::snprintf(buffer, size, format);", "rng.below(3);", "block(text);", "#include <chrono>",
          "#include <boost/asio/awaitable.hpp>", "#include <random>"})
        EXPECT_THAT(impurities({"src/flow/a.cpp", line}), IsEmpty()) << line;
}

}  // namespace
}  // namespace prelabel::architecture
