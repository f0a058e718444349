#include "folder.hpp"
#include "reading.hpp"

#include <prelabel/files/inputs.hpp>

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string header = R"x({"columns":[{"name":"ticket","type":"BIGINT"},{"name":"body","type":"VARCHAR"},)x"
                           R"x({"name":"blob","type":"BLOB"},{"name":"more","type":"STRUCT(text VARCHAR)"}],"rows":)x";

/// A program in the place of DuckDB: a script that is given the file and writes what a test says.
class ParquetValues : public testing::Test {
protected:
    ParquetValues() {
        options_.text = "/body";
        options_.duckdb = folder_.path("duckdb");
    }

    /// The program prints the file's rows, which stand between its two magic words, and then runs `then`.
    void program(const std::string& then = "exit 0") {
        folder_.write("duckdb", "#!/bin/sh\nsed '1d;$d' /dev/fd/0\n" + then + "\n");
        std::filesystem::permissions(options_.duckdb, std::filesystem::perms::owner_all);
    }
    std::string parquet(const std::string& rows, const std::string& name = "in.parquet") {
        return folder_.write(name, "PAR1\n" + rows + "PAR1");
    }
    ReadFile read(const std::string& rows, std::size_t count) {
        return read_file(parquet(header + std::to_string(count) + "}\n" + rows), FileFormat::parquet, options_);
    }

    Folder folder_;
    ReadOptions options_;
};

TEST_F(ParquetValues, GivesRowsAsObjectsWithTheirNumber) {
    program();
    const auto file = read("{\"ticket\":17,\"body\":\"Ada\"}\n{\"ticket\":18,\"body\":null}\n", 2);
    EXPECT_FALSE(file.error) << file.message();
    EXPECT_THAT(file.values(), ElementsAre(R"({"id":"in.parquet:1","ticket":17,"body":"Ada"})",
                                           R"({"id":"in.parquet:2","ticket":18,"body":null})"));
    EXPECT_THAT(file.lines(), ElementsAre(1, 2));
    options_.id = "/ticket";
    EXPECT_THAT(read("{\"ticket\":17,\"body\":\"Ada\"}\n", 1).values(), ElementsAre(R"({"ticket":17,"body":"Ada"})"));
}

TEST_F(ParquetValues, WritesNullForNumbersThatJsonDoesNotHave) {
    program();
    options_.id = "/ticket";
    const auto file = read(R"({"a":NaN,"b":[-Infinity,1.5,Infinity],"body":"NaN, \"Infinity\" \\","c":NaN})"
                           "\n",
                           1);
    EXPECT_THAT(file.values(), ElementsAre(R"({"a":null,"b":[null,1.5,null],"body":"NaN, \"Infinity\" \\","c":null})"));
}

TEST_F(ParquetValues, SaysWhichColumnsThereAreBeforeARowIsUsed) {
    program();
    options_.text = "/text";
    EXPECT_THAT(read("", 0).message(),
                HasSubstr("in.parquet: there is no column \"text\"; columns: ticket, body, blob, "
                          "more; which is the text? (input.text: body)"));
    options_.text = "/body";
    options_.id = "/tickets";
    EXPECT_THAT(read("", 0).message(), HasSubstr("there is no column \"tickets\"; columns: ticket, body, blob, more; "
                                                 "which is the id? (input.id: ticket)"));
    options_.id = "/id";
    options_.text = "/more/text";
    EXPECT_EQ(read("", 0).message(), "");
    options_.text = "/blob";
    const auto blob = read("", 0);
    EXPECT_THAT(blob.message(), HasSubstr("column \"blob\" is BLOB, not text; convert it: duckdb -c "));
    EXPECT_THAT(blob.message(), HasSubstr("decode(\"blob\") AS \"blob\""));
    EXPECT_EQ(blob.error->fault, Fault::config);
    options_.text = "/ticket";
    EXPECT_THAT(read("", 0).message(), HasSubstr("is BIGINT, not text"));
    options_.text.clear();
    EXPECT_THAT(read("{\"ticket\":17}\n", 1).values(), ElementsAre(R"({"ticket":17})")) << "any columns will do";
}

TEST_F(ParquetValues, SaysWithoutTheProgramWhatIsNoParquet) {
    const auto message = [&](const std::string& content) {
        return read_file(folder_.write("a.parquet", content), FileFormat::parquet, options_).message();
    };
    EXPECT_THAT(message(""), HasSubstr("a.parquet: is no Parquet file; it is empty"));
    EXPECT_THAT(message("{\"id\": 1}\n"), HasSubstr("a.parquet: is no Parquet file"));
    EXPECT_THAT(message("PAR1 and then"), HasSubstr("ends in the middle of its Parquet; was it cut off?"));
    EXPECT_THAT(message("PARE…PARE"), HasSubstr("is encrypted, which is not supported"));
    EXPECT_THAT(message("\x1f\x8b and more"), HasSubstr("but an archive; unpack it: Parquet is packed inside"));
    EXPECT_THAT(read_file(folder_.path("none.parquet"), FileFormat::parquet, options_).message(),
                HasSubstr("cannot be read: No such file"));
    EXPECT_THAT(read_file("/dev/null", FileFormat::parquet, options_).message(),
                HasSubstr("it has to be a file, not a pipe"));
}

TEST_F(ParquetValues, SaysWhereTheProgramCanBeHadIfItIsMissing) {
    const auto file = read("", 0);
    EXPECT_EQ(file.error->fault, Fault::config);
    EXPECT_THAT(file.message(), HasSubstr("Parquet is read by DuckDB's program, which cannot be started ("));
    EXPECT_THAT(file.message(), HasSubstr("duckdb: No such file or directory); install it: python3 -m venv duckdb && "
                                          "duckdb/bin/pip install duckdb-cli && export PRELABEL_DUCKDB="));
}

TEST_F(ParquetValues, SaysWhatTheProgramSaysOfADamagedFileWithoutItsValues) {
    program("printf 'Invalid Error: bad page of /dev/fd/0 at \"secretword\" in it\\nLINE 1\\n' >&2; exit 1");
    const auto file = read("{\"body\":\"Ada\"}\n{\"bo", 2);
    EXPECT_EQ(file.error->fault, Fault::input);
    EXPECT_THAT(file.message(), HasSubstr("in.parquet: cannot be read as Parquet; DuckDB says: Invalid Error: bad page "
                                          "of " +
                                          folder_.path("in.parquet") + " at"));
    EXPECT_THAT(file.message(), Not(HasSubstr("secretword")));
    EXPECT_EQ(file.records.size(), 1U) << "what was cut off is no record";
}

TEST_F(ParquetValues, SaysThatTheProgramWasKilled) {
    program("kill -9 $$");
    const auto file = read("{\"body\":\"Ada\"}\n", 2);
    EXPECT_EQ(file.error->fault, Fault::dependency);
    EXPECT_THAT(file.message(), HasSubstr("was ended by signal 9; is there enough memory (1 GB)?"));
}

TEST_F(ParquetValues, SaysItAlsoToWhoLooksAhead) {
    program("kill -9 $$");
    auto reader = RecordReader::open(parquet(header + "1}\n"), FileFormat::parquet, options_);
    ASSERT_TRUE(reader);
    for (int looks = 0; looks < 1'000 && reader->look_ahead() != Ahead::ready; ++looks) ::usleep(1'000);
    const auto next = reader->next();
    ASSERT_FALSE(next);
    EXPECT_THAT(next.error().message, HasSubstr("was ended by signal 9"));
}

TEST_F(ParquetValues, MissesRowsThatAreNotGiven) {
    program();
    EXPECT_THAT(read("{\"body\":\"Ada\"}\n", 2).message(), HasSubstr("gave 1 of its 2 rows and no reason"));
    EXPECT_THAT(read_file(parquet("nonsense\n"), FileFormat::parquet, options_).message(),
                HasSubstr("does not write what DuckDB writes"));
}

TEST_F(ParquetValues, ARowThatIsTooLongIsNoDocument) {
    program();
    options_.record_bytes_max = 400;
    const auto file = read("{\"body\":\"" + std::string(500, 'x') + "\"}\n{\"body\":\"Ada\"}\n", 2);
    ASSERT_EQ(file.records.size(), 2U) << file.message();
    EXPECT_THAT(file.problem(0), HasSubstr("the record at line 1 is longer than 400 bytes"));
    EXPECT_THAT(file.problem(1), IsEmpty());
    EXPECT_EQ(file.lines()[1], 2U);
}

TEST_F(ParquetValues, HowFarItIsFollowsFromItsRows) {
    program();
    const auto path = parquet(header + "4}\n{\"body\":\"a\"}\n{\"body\":\"b\"}\n{\"body\":\"c\"}\n{\"body\":\"d\"}\n");
    auto reader = RecordReader::open(path, FileFormat::parquet, options_);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->size(), std::filesystem::file_size(path));
    EXPECT_EQ(reader->bytes_read(), 0U);
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->bytes_read(), reader->size() / 4);
    ASSERT_TRUE(RecordReader::try_out(path, FileFormat::parquet, options_));
}

TEST_F(ParquetValues, AHostileNameIsAName) {
    program();
    const auto path = parquet(header + "1}\n{\"body\":\"Ada\"}\n", "a' || b\" *[x]?; DROP.parquet");
    const auto file = read_file(path, FileFormat::parquet, options_);
    EXPECT_THAT(file.values(), ElementsAre(HasSubstr("Ada"))) << file.message();
    EXPECT_EQ(*format_of(path), FileFormat::parquet);
    const auto found = find_inputs({std::filesystem::path(path).parent_path().string()}, std::nullopt);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), 1U);
}

}  // namespace
}  // namespace prelabel::files
