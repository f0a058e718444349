"""Writes expected.json: what other tools say about the cases below, which were made for this project.

Run: pip install seqeval==1.2.2 nervaluate==1.2.1 && python make_expected.py
"""
import json
import math
import os
import random
import warnings

warnings.simplefilter("ignore")
from nervaluate import Evaluator
from seqeval.metrics import classification_report
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES
from sklearn.metrics import classification_report as token_report

SCHEMES = {"iob1": IOB1, "iob2": IOB2, "iobes": IOBES, "bilou": BILOU}
rng = random.Random(20261123)


def numbers(report):
    """NaN, which seqeval gives for the mean of no classes, is 0 here."""
    if isinstance(report, dict):
        return {str(k): numbers(v) for k, v in report.items()}
    value = float(report)
    return 0.0 if math.isnan(value) else value


def strip(tag):
    return "O" if tag == "O" else tag.split("-", 1)[1]


def tag_case(scheme, gold, pred):
    case = {"scheme": scheme, "gold": gold, "pred": pred}
    case["lenient"] = numbers(classification_report(gold, pred, output_dict=True, zero_division=0))
    case["strict"] = numbers(
        classification_report(gold, pred, output_dict=True, zero_division=0, mode="strict", scheme=SCHEMES[scheme]))
    flat_gold = [strip(t) for s in gold for t in s]
    flat_pred = [strip(t) for s in pred for t in s]
    labels = sorted(set(flat_gold + flat_pred) - {"O"})
    if labels:
        report = token_report(flat_gold, flat_pred, labels=labels, output_dict=True, zero_division=0)
        if "accuracy" in report:  # what the micro average is called when the labels are all there are
            report["micro avg"] = dict(report["macro avg"], precision=report["accuracy"], recall=report["accuracy"])
            report["micro avg"]["f1-score"] = report.pop("accuracy")
        case["token"] = numbers(report)
    return case


def noisy(scheme, labels, sentences, length):
    prefixes = {"iob1": "BI", "iob2": "BI", "iobes": "BIES", "bilou": "BILU"}[scheme]
    tag = lambda: "O" if rng.random() < 0.4 else rng.choice(prefixes) + "-" + rng.choice(labels)
    gold = [[tag() for _ in range(rng.randint(1, length))] for _ in range(sentences)]
    pred = [[t if rng.random() < 0.7 else tag() for t in s] for s in gold]
    return tag_case(scheme, gold, pred)


def result(r):
    return {k: getattr(r, k) for k in ("correct", "partial", "actual", "possible", "precision", "recall", "f1")}


def inclusive(documents):
    return [[dict(label=l, start=s, end=e - 1) for l, s, e in d] for d in documents]


def span_case(gold, pred):
    labels = sorted({s[0] for d in gold + pred for s in d})
    r = Evaluator(inclusive(gold), inclusive(pred), tags=labels, loader="dict").evaluate()
    return {"gold": gold, "pred": pred,
            "overall": {m: result(x) for m, x in r["overall"].items()},
            "classes": {l: {m: result(x) for m, x in d.items()} for l, d in r["entities"].items()}}


def noisy_spans(labels, documents, width):
    def span():
        start = rng.randrange(width)
        return [rng.choice(labels), start, start + rng.randint(1, 12)]
    gold = [[span() for _ in range(rng.randint(0, 6))] for _ in range(documents)]
    move = lambda s: [rng.choice(labels) if rng.random() < 0.2 else s[0], s[1], s[2] + rng.choice([0, 0, 0, 1])]
    pred = [[move(s) for s in d if rng.random() < 0.8] + [span() for _ in range(rng.randint(0, 2))] for d in gold]
    return span_case(gold, pred)


tags = {
    "nothing_anywhere": tag_case("iob2", [["O", "O"]], [["O", "O"]]),
    "label_with_hyphens": tag_case("iob2", [["B-work-of-art", "I-work-of-art", "O"]], [["B-work-of-art", "O", "O"]]),
    "neighbours": tag_case("iob1", [["I-A", "B-A", "I-A", "I-B"]], [["I-A", "I-A", "B-A", "B-B"]]),
    "sentence_border": tag_case("iob2", [["O", "B-A"], ["I-A", "O"]], [["O", "B-A"], ["B-A", "O"]]),
}
for scheme in SCHEMES:
    tags["noise_" + scheme] = noisy(scheme, ["A", "B"], 12, 9)
# Enough classes for each branch of NumPy's summation: below 8, to 128, above.
tags["11_classes"] = noisy("iob2", [f"c{i:02}" for i in range(11)], 25, 12)
tags["150_classes"] = noisy("iob2", [f"c{i:03}" for i in range(150)], 60, 18)
spans = {
    "twice": span_case([[["A", 0, 5]]], [[["A", 0, 5], ["A", 0, 5]]]),
    "touching": span_case([[["A", 0, 5], ["B", 5, 9]]], [[["A", 0, 5], ["A", 5, 9]]]),
    "inner_first": span_case([[["A", 0, 23]]], [[["A", 8, 16], ["A", 0, 23]]]),
    "sliver": span_case([[["A", 0, 300]]], [[["A", 299, 310]], ]),
    "closest_of_two": span_case([[["A", 0, 4], ["A", 6, 10]]], [[["A", 3, 10], ["A", 0, 4]]]),
    "noise": noisy_spans(["A", "B", "C"], 60, 60),
    "crowded": noisy_spans(["A", "B"], 40, 15),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json"), "w") as out:
    json.dump({"tags": tags, "spans": spans}, out, indent=None, separators=(",", ":"))
    out.write("\n")
