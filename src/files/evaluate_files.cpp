#include "files/document_pairs.hpp"
#include "files/error_list.hpp"

#include <prelabel/evaluation/span_scorer.hpp>
#include <prelabel/evaluation/token_scorer.hpp>
#include <prelabel/evaluation/words.hpp>
#include <prelabel/files/evaluate_files.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/labeled_document.hpp>

#include <algorithm>
#include <set>
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

std::vector<labeling::Span> positions(std::size_t tokens) {
    std::vector<labeling::Span> positions;
    for (std::size_t i = 0; i < tokens; ++i) positions.push_back({i, i + 1});
    return positions;
}

evaluation::Report score_tokens(const DocumentPairs& pairs, bool in_tokens) {
    const auto labels = [](const LabeledDocument* document) {
        return document == nullptr ? std::vector<LabeledSpan>() : evaluation::token_labels(document->tags);
    };
    evaluation::TokenScorer scorer;
    for (const auto& pair : pairs.pairs) {
        if (in_tokens)
            scorer.add(labels(pair.gold), labels(pair.predicted), positions(pair.gold->tags.size()));
        else
            scorer.add(token_spans(pair.gold), token_spans(pair.predicted), tokens_of(pair));
    }
    return scorer.report();
}

/// Why the entities of a file may not be those that were meant; empty as a rule.
std::string wrong_scheme(const LabeledFile& file, evaluation::TagScheme scheme) {
    std::size_t tagged = 0;
    std::size_t lost = 0;
    bool bilou = false;
    for (const auto& document : file.documents) {
        std::size_t covered = 0;
        for (const auto& entity : evaluation::decode_tags(document.tags, scheme)) covered += entity.end - entity.start;
        const auto in_entities = static_cast<std::size_t>(
            std::ranges::count_if(document.tags, [](const std::string& tag) { return tag != "O"; }));
        tagged += in_entities;
        lost += in_entities - std::min(in_entities, covered);
        bilou = bilou || std::ranges::any_of(document.tags, [](const std::string& tag) {
                    return tag.starts_with('L') || tag.starts_with('U');
                });
    }
    if (scheme == evaluation::TagScheme::lenient && bilou)
        return file.path +
               ": has tags L- or U-, which the lenient reading does not take as ends and singles: neighbours "
               "are read as one entity; --tags bilou reads them apart";
    if (scheme == evaluation::TagScheme::lenient || lost == 0) return {};
    return file.path + ": " + std::to_string(lost) + " of " + std::to_string(tagged) +
           " tagged tokens are in no entity as " + std::string(to_string(scheme)) +
           " reads them; is it another scheme? (--tags; lenient drops none)";
}

std::string listed(const std::set<std::string>& labels) {
    constexpr std::size_t shown_max = 5;
    std::string out;
    std::size_t shown = 0;
    for (const auto& label : labels) {
        if (++shown > shown_max) return out + ", …";
        out += (out.empty() ? "" : ", ") + label;
    }
    return out;
}

/// Entities on both sides and no label that both have: one of them is called otherwise.
std::string no_common_label(const DocumentPairs& pairs) {
    std::set<std::string> gold;
    std::set<std::string> predicted;
    for (const auto& pair : pairs.pairs) {
        for (const auto& entity : pair.gold->entities) gold.insert(entity.label);
        if (pair.predicted == nullptr) continue;
        for (const auto& entity : pair.predicted->entities) predicted.insert(entity.label);
    }
    const bool common = std::ranges::any_of(gold, [&](const auto& label) { return predicted.contains(label); });
    if (common || gold.empty() || predicted.empty()) return {};
    return "gold and predictions share no label: gold has " + listed(gold) + ", predictions have " + listed(predicted) +
           "; rename the labels of one side, or compare boundaries only (--mode exact)";
}

}  // namespace

Result<Evaluation> evaluate_files(const EvaluateOptions& options) {
    const bool tokens = options.level == evaluation::Level::token;
    if (tokens && options.mode != evaluation::MatchMode::strict)
        return Error{Fault::config, "mode '" + std::string(to_string(options.mode)) +
                                        "' is about boundaries of entities; token level has none, leave it out"};
    if (tokens && options.errors)
        return Error{Fault::config, "--errors lists entities; token level has none, leave out one of the two"};
    if (options.gold == "-" && options.predicted == "-")
        return Error{Fault::config, "gold and predictions cannot both be standard input"};
    for (const auto& path : {options.gold, options.predicted})
        if (const auto format = format_of(path); format && is_table(*format))
            return Error{Fault::config, path + (*format == FileFormat::parquet ? ": Parquet" : ": CSV") +
                                            " holds no spans; gold and predictions are JSONL or tagged CoNLL"};
    const auto gold = read_labeled_file(options.gold, options.tags);
    if (!gold) return gold.error();
    const auto predicted = read_labeled_file(options.predicted, options.tags);
    if (!predicted) return predicted.error();
    const auto pairs = pair_documents(*gold, *predicted, options.missing_as_empty);
    if (!pairs) return pairs.error();
    Evaluation evaluation;
    const bool in_tokens = gold->has_tags && predicted->has_tags;
    evaluation.report = tokens ? score_tokens(*pairs, in_tokens) : score_entities(*pairs, options, in_tokens);
    if (options.errors) evaluation.errors = error_list(*pairs, options.gold, in_tokens, options.tags, *options.errors);
    if (auto warning = no_common_label(*pairs); !warning.empty()) evaluation.warnings.push_back(std::move(warning));
    if (!pairs->warning.empty()) evaluation.warnings.push_back(pairs->warning);
    for (const auto* file : {&*gold, &*predicted})
        if (auto warning = tokens ? std::string() : wrong_scheme(*file, options.tags); !warning.empty())
            evaluation.warnings.push_back(std::move(warning));
    evaluation.without_prediction = pairs->without_prediction;
    evaluation.without_gold = pairs->without_gold;
    return evaluation;
}

}  // namespace prelabel::files
