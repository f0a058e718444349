#pragma once

#include "files/byte_source.hpp"
#include "files/documents.hpp"
#include "files/prefix_hash.hpp"

#include <prelabel/base/result.hpp>
#include <prelabel/files/ahead.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace prelabel::files {

/// Takes documents out of a file one after the other.
class ValueReader {
public:
    using Found = Result<std::optional<Value>>;  ///< none at the end

    ValueReader() = default;
    ValueReader(const ValueReader&) = delete;
    ValueReader& operator=(const ValueReader&) = delete;
    virtual ~ValueReader() = default;

    /// Takes in what makes up a document or less; blocks.
    [[nodiscard]] virtual std::optional<Found> advance() = 0;
    /// Reads available data, without waiting, until advance() has something to take in.
    [[nodiscard]] virtual Ahead look_ahead() = 0;
    /// Of all that the documents so far are made of.
    [[nodiscard]] virtual const PrefixHash& given() const = 0;
    [[nodiscard]] virtual const ByteSource& source() const = 0;
    /// Which share of the file the documents so far are, where the bytes of `source` do not say it.
    [[nodiscard]] virtual std::optional<double> share() const { return std::nullopt; }
};

/// Documents that are made of lines.
[[nodiscard]] std::unique_ptr<ValueReader> make_line_values(ByteSource source, std::unique_ptr<Documents> documents,
                                                            std::size_t bound);
/// The rows of a Parquet file. Errors: as RecordReader::open().
[[nodiscard]] Result<std::unique_ptr<ValueReader>> make_parquet_values(const std::string& path,
                                                                       const ReadOptions& options);
/// The objects of a JSON file: the elements of a list, or values one after the other.
/// Bound: one document of `bound` bytes; of a longer one only the beginning is kept.
[[nodiscard]] std::unique_ptr<ValueReader> make_json_values(ByteSource source, std::size_t bound);

}  // namespace prelabel::files
