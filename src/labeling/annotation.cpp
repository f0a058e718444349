#include <prelabel/base/expects.hpp>
#include <prelabel/labeling/annotation.hpp>

namespace prelabel::labeling {

std::string_view to_string(Match match) {
    switch (match) {
        case Match::exact:
            return "exact";
        case Match::normalized:
            return "normalized";
        case Match::fuzzy:
            return "fuzzy";
    }
    expects(false, "a match is one of its enumerators");
    return {};
}

std::string_view to_string(DiscardReason reason) {
    switch (reason) {
        case DiscardReason::not_in_text:
            return "not_in_text";
        case DiscardReason::unknown_label:
            return "unknown_label";
        case DiscardReason::overlap:
            return "overlap";
        case DiscardReason::schema:
            return "schema";
        case DiscardReason::duplicate:
            return "duplicate";
        case DiscardReason::not_searched:
            return "not_searched";
    }
    expects(false, "a reason is one of its enumerators");
    return {};
}

std::string_view to_string(CacheTier tier) {
    switch (tier) {
        case CacheTier::miss:
            return "miss";
        case CacheTier::memory:
            return "memory";
        case CacheTier::journal:
            return "journal";
        case CacheTier::shared:
            return "shared";
        case CacheTier::inflight:
            return "inflight";
    }
    expects(false, "a tier is one of its enumerators");
    return {};
}

}  // namespace prelabel::labeling
