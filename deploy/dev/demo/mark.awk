# Shows output records with their entities marked in the text.
#
#   LC_ALL=C awk -v ids="a b" [-v colour=1] -f mark.awk pre-annotations.jsonl
#
# ids: which records, in this order; a last id "partial" stands for the first record from which something was set aside.
# Works on bytes, so it uses start_utf8 and end_utf8: marks that are off by one would break characters apart for all to see.
BEGIN {
    wanted_count = split(ids, wanted, " ")
    paint["PER"] = "30;46"; paint["ORG"] = "30;43"; paint["LOC"] = "30;42"
}

# Fields come in a fixed order, and a quote inside a value is escaped: ","task": cannot stand in a text.
function between(line, from, to,    start, rest) {
    start = index(line, from)
    if (!start) return ""
    rest = substr(line, start + length(from))
    return substr(rest, 1, index(rest, to) - 1)
}

function unescaped(json,    out, at) {
    out = ""
    while ((at = index(json, "\\")) > 0) {
        out = out substr(json, 1, at - 1)
        mark = substr(json, at + 1, 1)
        if (mark == "u") {   # control characters only: the rest is written as it is
            out = out " "
            json = substr(json, at + 6)
        } else {
            out = out (mark == "n" ? "\n" : mark == "t" ? "\t" : mark == "r" ? "\r" : mark == "b" || mark == "f" ? " " : mark)
            json = substr(json, at + 2)
        }
    }
    return out json
}

function opened(label) { return colour ? "\033[" (label in paint ? paint[label] : "7") "m" : "[" }
function closed(label, below) {
    if (!colour) return " " label "]"
    return "\033[0m" (below == "" ? "" : opened(below))
}

function show(line,    text, list, count, starts, ends, labels, i, at, out, depth, stack, note) {
    text = unescaped(between(line, "\"text\":\"", "\",\"task\":"))
    list = between(line, "\"entities\":[", "],\"relations\":")
    count = 0
    while (match(list, /"start_utf8":[0-9]+,"end_utf8":[0-9]+/)) {
        ++count
        split(substr(list, RSTART, RLENGTH), number, /[:,]/)
        starts[count] = number[2]; ends[count] = number[4]
        labels[count] = between(list, "\"label\":\"", "\"")
        at = RSTART + RLENGTH
        list = substr(list, at)
        at = index(list, "},{")
        list = at ? substr(list, at + 2) : ""
    }
    out = ""; depth = 0
    for (at = 0; at <= length(text); ++at) {
        while (depth > 0 && ends[stack[depth]] == at) {
            --depth
            out = out closed(labels[stack[depth + 1]], depth ? labels[stack[depth]] : "")
        }
        for (;;) {   # the longest that begins here first, then what is inside it
            best = 0
            for (i = 1; i <= count; ++i)
                if (starts[i] == at && !(i in begun) && (!best || ends[i] > ends[best])) best = i
            if (!best) break
            begun[best] = 1
            stack[++depth] = best
            out = out opened(labels[best])
        }
        out = out substr(text, at + 1, 1)
    }
    for (i in begun) delete begun[i]
    gsub(/\n/, "\n             ", out)
    printf "  %-12s %s\n", between(line, "{\"id\":\"", "\""), out
    note = between(line, "\"discarded\":[", "],\"model\":")
    while (note != "") {
        printf "  %-12s %sset aside: %s \"%s\" (%s)%s\n", "", colour ? "\033[2m" : "", between(note, "\"label\":\"", "\""),
            unescaped(between(note, "\"text\":\"", "\",\"reason\"")), between(note, "\"reason\":\"", "\""), colour ? "\033[0m" : ""
        at = index(note, "},{")
        note = at ? substr(note, at + 2) : ""
    }
}

{
    id = between($0, "{\"id\":\"", "\"")
    kept[id] = $0
    if (!("partial" in kept) && index($0, "\"reason\":\"not_in_text\"")) kept["partial"] = $0
}
END {
    for (w = 1; w <= wanted_count; ++w)
        if (wanted[w] in kept) show(kept[wanted[w]])
}
