#include "files/decompressor.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/expects.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <zlib.h>
#include <zstd.h>

namespace prelabel::files {
namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";
constexpr int gzip_with_any_window = 16 + MAX_WBITS;

Error damaged(const std::string& why) { return {Fault::input, "is damaged: " + why}; }

/// Members may follow each other, as `cat a.gz b.gz` and parallel gzips write them. Zeros behind the last one are
/// ignored, as gzip(1) ignores them.
class Gzip final : public Decompressor {
public:
    Gzip() { expects(inflateInit2(&stream_, gzip_with_any_window) == Z_OK, "there is memory for zlib"); }
    ~Gzip() override { inflateEnd(&stream_); }

    Result<Step> step(std::string_view in, char* into, std::size_t room) override {
        if (between_) {
            if (in.empty()) return Step{};
            if (ended_ && in.front() == '\0') return Step{1, 0};
            if (ended_ && inflateReset(&stream_) != Z_OK) return damaged("zlib refuses it");
            between_ = false;
        }
        // zlib takes no const, and changes nothing.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = limited(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(into);
        stream_.avail_out = limited(room);
        const auto given = stream_.avail_in;
        const auto offered = stream_.avail_out;
        const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
        const Step step{given - stream_.avail_in, offered - stream_.avail_out};
        if (outcome == Z_STREAM_END) {
            ended_ = between_ = true;
            return step;
        }
        if (outcome == Z_OK || outcome == Z_BUF_ERROR) return step;
        if (ended_ && stream_.total_out == 0) return damaged("something follows the archive that is no gzip");
        return damaged(stream_.msg != nullptr ? stream_.msg : "zlib refuses it");
    }
    bool may_end() const override { return between_ && ended_; }
    std::string_view format() const override { return "gzip"; }

private:
    static uInt limited(std::size_t bytes) {
        return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
    }

    z_stream stream_{};
    bool between_ = true;  ///< members
    bool ended_ = false;   ///< a member before
};

class Zstd final : public Decompressor {
public:
    Zstd() : stream_(ZSTD_createDStream()) { expects(stream_ != nullptr, "there is memory for zstd"); }
    ~Zstd() override { ZSTD_freeDStream(stream_); }

    Result<Step> step(std::string_view in, char* into, std::size_t room) override {
        if (in.empty() && between_) return Step{};  // zstd would begin a frame
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{into, room, 0};
        const auto outcome = ZSTD_decompressStream(stream_, &output, &input);
        if (ZSTD_isError(outcome) != 0) return damaged(ZSTD_getErrorName(outcome));
        between_ = outcome == 0;  // frames
        return Step{input.pos, output.pos};
    }
    bool may_end() const override { return between_; }
    std::string_view format() const override { return "zstd"; }

private:
    ZSTD_DStream* stream_;
    bool between_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> Decompressor::of(std::string_view beginning) {
    if (beginning.starts_with(gzip_magic)) return std::make_unique<Gzip>();
    if (beginning.starts_with(zstd_magic)) return std::make_unique<Zstd>();
    return nullptr;
}

std::string_view Decompressor::format_named(std::string_view path) {
    const auto ends = [&](std::string_view ending) {
        return path.size() > ending.size() && lowered(path.substr(path.size() - ending.size())) == ending;
    };
    if (ends(".gz")) return "gzip";
    if (ends(".zst")) return "zstd";
    return {};
}

}  // namespace prelabel::files
