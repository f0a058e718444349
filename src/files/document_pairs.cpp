#include "files/document_pairs.hpp"

#include "files/code_points.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

namespace prelabel::files {
namespace {

std::string place(const LabeledFile& file, const LabeledDocument& document) {
    return file.path + ':' + std::to_string(document.line);
}

using Index = std::unordered_map<std::string_view, const LabeledDocument*>;

/// A document that stands twice with the same entities is one (at-least-once delivery); with others it is a mistake.
Result<Index> index_of(const LabeledFile& file) {
    Index index;
    for (const auto& document : file.documents) {
        const auto [found, added] = index.emplace(document.id, &document);
        if (!added && found->second->entities != document.entities)
            return Error{Fault::input, place(file, document) + ": id '" + document.id + "' stands at line " +
                                           std::to_string(found->second->line) +
                                           " too, with other entities; keep one of them"};
    }
    return index;
}

bool all_have_ids(const LabeledFile& file) {
    return std::ranges::all_of(file.documents, [](const auto& document) { return document.has_own_id; });
}

/// Whether ids can pair the files: both have their own, or one side's names of lines turn up in the other.
bool by_id(const LabeledFile& gold, const LabeledFile& predicted, const Index& predictions) {
    if (all_have_ids(gold) && all_have_ids(predicted)) return true;
    return std::ranges::any_of(gold.documents, [&](const auto& document) { return predictions.contains(document.id); });
}

std::string what(const LabeledFile& file) {
    return std::to_string(file.documents.size()) + (file.has_tags ? " sentences" : " documents");
}

Result<> same_text(const LabeledFile& gold, const LabeledFile& predicted, const DocumentPair& pair) {
    if (pair.predicted == nullptr || !pair.gold->text || !pair.predicted->text) return {};
    const auto& ours = *pair.gold->text;
    const auto& theirs = *pair.predicted->text;
    const auto places = place(predicted, *pair.predicted) + ": document '" + pair.predicted->id + "' ";
    const bool in_tokens = gold.has_tags && predicted.has_tags;
    if (in_tokens && pair.gold->tokens.size() != pair.predicted->tokens.size())
        return Error{Fault::input, places + "has " + std::to_string(pair.predicted->tokens.size()) + " tokens, but " +
                                       std::to_string(pair.gold->tokens.size()) + " at " + place(gold, *pair.gold)};
    if (in_tokens || ours == theirs) return {};
    const auto differs = std::ranges::mismatch(ours, theirs).in1 - ours.begin();
    return Error{Fault::input, places + "has another text than at " + place(gold, *pair.gold) + ", from byte " +
                                   std::to_string(differs) +
                                   " on; offsets would not mean the same (the text of CoNLL is its tokens joined by "
                                   "single spaces)"};
}

/// Tokens of a sentence follow each other line by line.
std::string token_place(const LabeledFile& file, const LabeledDocument& document, std::size_t token) {
    return file.path + ':' + std::to_string(document.line + token);
}

std::string spelled_differently(const LabeledFile& gold, const LabeledFile& predicted, const DocumentPairs& pairs) {
    if (!gold.has_tags || !predicted.has_tags) return {};
    std::size_t count = 0;
    std::string first;
    for (const auto& pair : pairs.pairs) {
        if (pair.predicted == nullptr || pair.gold->text == pair.predicted->text) continue;
        const CodePoints gold_text(*pair.gold->text);
        const CodePoints predicted_text(*pair.predicted->text);
        for (std::size_t i = 0; i < pair.gold->tokens.size(); ++i) {
            const auto [start, end] = pair.gold->tokens[i];
            const auto [their_start, their_end] = pair.predicted->tokens[i];
            const auto ours = gold_text.piece(start, end);
            const auto theirs = predicted_text.piece(their_start, their_end);
            if (ours == theirs || ++count > 1) continue;
            first = token_place(predicted, *pair.predicted, i) + ": '" + std::string(theirs) + "' is '" +
                    std::string(ours) + "' at " + token_place(gold, *pair.gold, i);
        }
    }
    if (count < 2) return first;
    return first + ", and " + std::to_string(count - 1) + " more tokens are spelled differently";
}

Result<DocumentPairs> pair_by_order(const LabeledFile& gold, const LabeledFile& predicted) {
    if (gold.documents.size() != predicted.documents.size())
        return Error{Fault::input, predicted.path + ": has " + what(predicted) + ", but " + gold.path + " has " +
                                       what(gold) +
                                       "; without common ids they must be the same ones in the same order"};
    DocumentPairs pairs;
    for (std::size_t i = 0; i < gold.documents.size(); ++i)
        pairs.pairs.push_back({&gold.documents[i], &predicted.documents[i]});
    return pairs;
}

Result<DocumentPairs> pair_by_id(const LabeledFile& gold, const LabeledFile& predicted, const Index& predictions,
                                 bool missing_allowed) {
    const auto references = index_of(gold);
    if (!references) return references.error();
    DocumentPairs pairs;
    const LabeledDocument* first_missing = nullptr;
    for (const auto& document : gold.documents) {
        if (references->at(document.id) != &document) continue;  // stands twice
        const auto found = predictions.find(document.id);
        pairs.pairs.push_back({&document, found == predictions.end() ? nullptr : found->second});
        if (found != predictions.end()) continue;
        ++pairs.without_prediction;
        if (first_missing == nullptr) first_missing = &document;
    }
    const auto found = pairs.pairs.size() - pairs.without_prediction;
    pairs.without_gold = predictions.size() - found;
    if (first_missing != nullptr && (!missing_allowed || found == 0))
        return Error{Fault::input, predicted.path + ": has no prediction for " +
                                       std::to_string(pairs.without_prediction) + " of " +
                                       std::to_string(pairs.pairs.size()) + " gold documents, first for '" +
                                       first_missing->id + "' (" + place(gold, *first_missing) +
                                       "); dead-lettered documents have none: label them again (label "
                                       "--retry-dead-letters), or count what is missing as "
                                       "empty (--missing-as-empty)"};
    return pairs;
}

}  // namespace

Result<DocumentPairs> pair_documents(const LabeledFile& gold, const LabeledFile& predicted, bool missing_allowed) {
    if (gold.documents.empty()) return Error{Fault::input, gold.path + ": holds no documents to compare with"};
    const auto predictions = index_of(predicted);
    if (!predictions) return predictions.error();
    auto pairs = by_id(gold, predicted, *predictions) ? pair_by_id(gold, predicted, *predictions, missing_allowed)
                                                      : pair_by_order(gold, predicted);
    if (!pairs) return pairs.error();
    for (const auto& pair : pairs->pairs)
        if (const auto same = same_text(gold, predicted, pair); !same) return same.error();
    pairs->warning = spelled_differently(gold, predicted, *pairs);
    if (!pairs->warning.empty()) pairs->warning += "; tokens were compared by their position";
    return pairs;
}

}  // namespace prelabel::files
