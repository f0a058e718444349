#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/base/secret.hpp>
#include <prelabel/http/http_client.hpp>
#include <prelabel/http/settings.hpp>
#include <prelabel/http/stats.hpp>
#include <prelabel/llm/codec.hpp>
#include <prelabel/pipeline/model.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::http {

/// The Model port over HTTP: a server below the model's base_url.
///
/// Lifetime: the clock outlives it.   Threads: confined to the loop.
/// Errors:   call() never throws: a missing response is a CallFailure that says whether it may have been paid for.
class HttpModel final : public pipeline::Model {
public:
    /// Called before every call, so that a changed key is used at once. With an empty key no key is sent.
    using KeySource = std::function<Secret()>;
    /// Further header fields, asked for like the key.
    struct Field {
        std::string name;
        Secret value;
    };
    using FieldSource = std::function<std::vector<Field>()>;

    /// Errors: Fault::config for a base_url or ca_file that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<HttpModel>> make(async::Executor executor, async::Clock& clock,
                                                                 llm::Codec codec, Settings settings, KeySource key,
                                                                 FieldSource fields = {});

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(pipeline::Body body, TimePoint deadline) override;
    void abort() override { client_->abort(); }

    [[nodiscard]] const Stats& stats() const { return client_->stats(); }

private:
    HttpModel(std::unique_ptr<HttpClient> client, async::Clock& clock, llm::Codec codec, std::string path,
              KeySource key, FieldSource fields);
    /// What cannot be in a header, by its key; none if all can.
    [[nodiscard]] std::optional<std::string> refresh_head();

    std::unique_ptr<HttpClient> client_;
    async::Clock& clock_;
    llm::Codec codec_;
    std::string path_;
    KeySource key_;
    FieldSource fields_;
    Secret key_in_head_;
    std::vector<Field> fields_in_head_;
    std::shared_ptr<const std::string> head_;  ///< made with these
};

}  // namespace prelabel::http
