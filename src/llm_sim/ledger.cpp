#include "llm_sim/ledger.hpp"

#include <algorithm>
#include <string_view>

namespace prelabel::llm_sim {
namespace {

/// An object whose values are numbers or objects.
class Object {
public:
    Object& number(std::string_view name, std::uint64_t value) { return raw(name, std::to_string(value)); }
    Object& raw(std::string_view name, std::string_view json) {
        text_ += text_.empty() ? "{\"" : ",\"";
        text_ += name;
        text_ += "\":";
        text_ += json;
        return *this;
    }
    [[nodiscard]] std::string end() const { return text_.empty() ? "{}" : text_ + '}'; }

private:
    std::string text_;
};

template <class E>
Object by(const EnumArray<E, std::uint64_t>& counts) {
    Object object;
    for (const auto one : enum_values<E>) object.number(to_string(one), counts[one]);
    return object;
}

std::string milliseconds(WallTime time) { return std::to_string(time.time_since_epoch().count()); }

}  // namespace

void Ledger::arrive(TimePoint now, WallTime wall) {
    ++requests_;
    concurrent_peak_ = std::max(concurrent_peak_, ++concurrent_);
    if (!first_) first_ = wall;
    last_ = wall;
    requests_peak_.add(now, 1);
}

void Ledger::admit(TimePoint now, std::uint64_t tokens) {
    ++admitted_requests_;
    admitted_tokens_ += tokens;
    admitted_peak_.add(now, 1);
    tokens_peak_.add(now, tokens);
}

void Ledger::reply(FaultKind fault, std::uint64_t document_hash, const std::optional<Charge>& charge) {
    ++replies_[fault];
    if (!charge) return;
    ++paid_answers_;
    if (fault == FaultKind::reset || fault == FaultKind::truncated || fault == FaultKind::broken_envelope)
        ++paid_undelivered_;
    charged_.prompt_tokens += charge->prompt_tokens;
    charged_.cached_tokens += charge->cached_tokens;
    charged_.completion_tokens += charge->completion_tokens;
    paid_by_document_.add(document_hash);
}

void Ledger::reset() {
    const std::uint64_t concurrent = concurrent_;
    CountTable documents = std::move(paid_by_document_);
    documents.clear();
    *this = Ledger(0);
    paid_by_document_ = std::move(documents);
    concurrent_ = concurrent_peak_ = concurrent;
}

std::string Ledger::json(bool documents) const {
    const Object refused = by(refused_);
    const Object replies = by(replies_);
    Object parameters;
    for (const auto& [name, times] : refused_parameters_) parameters.number(name, times);

    std::uint64_t once = 0;
    std::uint64_t twice = 0;
    std::uint64_t more = 0;
    Object by_document;
    paid_by_document_.for_each([&](std::uint64_t key, std::uint32_t times) {
        ++(times == 1 ? once : times == 2 ? twice : more);
        if (documents) by_document.number(hex(key), times);
    });

    Object paid;
    paid.number("answers", paid_answers_).number("undelivered", paid_undelivered_);
    paid.number("documents", paid_by_document_.size()).number("once", once).number("twice", twice).number("more", more);
    paid.number("unattributed", paid_by_document_.overflowed());
    Object tokens;
    tokens.number("prompt", charged_.prompt_tokens).number("cached", charged_.cached_tokens);
    tokens.number("completion", charged_.completion_tokens);
    Object concurrency;
    concurrency.number("now", concurrent_).number("peak", concurrent_peak_);
    Object admitted;
    admitted.number("requests", admitted_requests_).number("tokens", admitted_tokens_);
    Object peak;
    peak.number("requests", requests_peak_.peak()).number("admitted", admitted_peak_.peak());
    peak.number("tokens", tokens_peak_.peak());

    Object all;
    all.number("requests", requests_).raw("replies", replies.end()).raw("refused", refused.end());
    all.raw("refused_parameters", parameters.end());
    all.raw("tokens", tokens.end()).raw("paid_by_document", paid.end()).raw("concurrency", concurrency.end());
    all.raw("first_request_ms", first_ ? milliseconds(*first_) : "null");
    all.raw("last_request_ms", first_ ? milliseconds(last_) : "null");
    all.raw("admitted", admitted.end()).raw("peak_in_60s", peak.end());
    if (documents) all.raw("documents", by_document.end());
    return all.end();
}

}  // namespace prelabel::llm_sim
