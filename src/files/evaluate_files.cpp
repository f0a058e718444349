#include "files/document_pairs.hpp"

#include <prelabel/evaluation/span_scorer.hpp>
#include <prelabel/evaluation/token_scorer.hpp>
#include <prelabel/evaluation/words.hpp>
#include <prelabel/files/evaluate_files.hpp>
#include <prelabel/files/labeled_document.hpp>

#include <utility>
#include <vector>

namespace prelabel::files {
namespace {

using evaluation::LabeledSpan;

evaluation::Report score_entities(const DocumentPairs& pairs, const EvaluateOptions& options, bool in_tokens) {
    const auto entities = [&](const LabeledDocument* document) {
        if (document == nullptr) return std::vector<LabeledSpan>();
        return in_tokens ? evaluation::decode_tags(document->tags, options.tags) : document->entities;
    };
    evaluation::SpanScorer scorer(options.mode);
    for (const auto& pair : pairs.pairs) scorer.add(entities(pair.gold), entities(pair.predicted));
    return scorer.report();
}

/// CoNLL's tokens where a side has them, else the words of the text. Where both sides dropped it, there are none.
std::vector<labeling::Span> tokens_of(const DocumentPair& pair) {
    for (const auto* side : {pair.gold, pair.predicted})
        if (side != nullptr && !side->tokens.empty()) return side->tokens;
    for (const auto* side : {pair.gold, pair.predicted})
        if (side != nullptr && side->text) return evaluation::words(*side->text);
    return {};
}

/// Tags label tokens whatever their prefix; entities label the tokens they touch.
std::vector<LabeledSpan> token_spans(const LabeledDocument* document) {
    if (document == nullptr) return {};
    if (document->tags.empty()) return document->entities;
    auto labels = evaluation::token_labels(document->tags);
    for (auto& label : labels) {
        const auto token = document->tokens[label.start];
        label.start = token.start;
        label.end = token.end;
    }
    return labels;
}

evaluation::Report score_tokens(const DocumentPairs& pairs) {
    evaluation::TokenScorer scorer;
    for (const auto& pair : pairs.pairs) {
        const auto tokens = tokens_of(pair);
        scorer.add(token_spans(pair.gold), token_spans(pair.predicted), tokens);
    }
    return scorer.report();
}

}  // namespace

Result<Evaluation> evaluate_files(const EvaluateOptions& options) {
    const bool tokens = options.level == evaluation::Level::token;
    if (tokens && options.mode != evaluation::MatchMode::strict)
        return Error{Fault::config, "mode '" + std::string(to_string(options.mode)) +
                                        "' is about boundaries of entities; token level has none, leave it out"};
    if (options.gold == "-" && options.predicted == "-")
        return Error{Fault::config, "gold and predictions cannot both be standard input"};
    const auto gold = read_labeled_file(options.gold, options.tags);
    if (!gold) return gold.error();
    const auto predicted = read_labeled_file(options.predicted, options.tags);
    if (!predicted) return predicted.error();
    const auto pairs = pair_documents(*gold, *predicted, options.missing_as_empty);
    if (!pairs) return pairs.error();
    Evaluation evaluation;
    evaluation.report =
        tokens ? score_tokens(*pairs) : score_entities(*pairs, options, gold->has_tags && predicted->has_tags);
    evaluation.without_prediction = pairs->without_prediction;
    evaluation.without_gold = pairs->without_gold;
    return evaluation;
}

}  // namespace prelabel::files
