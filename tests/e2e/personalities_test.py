"""Labels the sample documents as each model and server that llm-sim imitates wants to be asked: no document may end for the
shape of a request, and a model may refuse each part of it once.
"""

import sys

from cases import NEIGHBOURS, SAMPLE_DOCUMENTS, by_id, llm
from parts import LLM_SIM, expect, expect_equal, expect_true_spans, json_lines, perform

# The README's, without the limits of an account, which would only take time.
SETTINGS = {"limits": {"max_in_flight": 64}, "max_output_tokens": 512, "temperature": 0}
EVERYTHING = {"top_p": 0.9, "seed": 7, "reasoning_effort": "low", "service_tier": "flex",
              "headers": {"X-Team": "labels"}, "query": {"api-version": "2026-10-01"}, "extra": {"metadata": {"run": "1"}}}


def names(stage):
    table = stage.run(LLM_SIM, "--personality", "list").expect_code(0).out
    return [line.split("`")[1] for line in table.splitlines()[2:]]


def label(stage, name, documents, **more):
    """The simulator's statistics after a run that must have gone well."""
    sim = stage.llm_sim("--personality", name, "--latency-median", "5ms", "--retry-after", "200ms")
    config = stage.config(f"{name}.yaml", llm=llm(sim, **SETTINGS, **more))
    ended = stage.prelabel("label", documents, "-c", config, "-o", f"{name}.jsonl")
    expect_equal(ended.code, 0, f"{name}: exit code; it says {ended.err[-1500:]!r}")
    expect_equal(json_lines(stage.folder / f"{name}.dead_letters.jsonl"), [], f"{name}: dead letters")
    stats = sim.stats()
    for parameter, times in stats["refused_parameters"].items():
        expect_equal(times, 1, f"{name}: refused calls for {parameter}")
    return stats


def refused(stats):
    return sorted(stats["refused_parameters"])


def each_personality_labels_all_samples(stage):
    documents = json_lines(SAMPLE_DOCUMENTS)
    expected = None
    for name in names(stage):
        stats = label(stage, name, SAMPLE_DOCUMENTS)
        records = by_id(stage.folder / f"{name}.jsonl")
        expect_equal(len(records), len(documents), f"{name}: records")
        for record in records.values():
            expect_true_spans(record)
        found = {one: [(entity["label"], entity["start"]) for entity in record["entities"]] for one, record in records.items()}
        partial = sum(record["status"] == "partial" for record in records.values())
        expect_equal(partial, 0, f"{name}: partial records, though nothing but fences, thoughts and prose was in the way")
        expected = expected or found
        expect_equal(found == expected, True, f"{name}: the same entities as from the others")
        print(f"  {name}: refused {', '.join(refused(stats)) or 'nothing'}", file=sys.stderr)


def each_personality_takes_what_is_left_of_all_that_can_be_set(stage):
    documents = stage.write("in.jsonl", NEIGHBOURS)
    all_refused = {}
    for name in names(stage):
        all_refused[name] = refused(label(stage, name, documents, **EVERYTHING))
        records = by_id(stage.folder / f"{name}.jsonl")
        expect_equal(len(records), len(NEIGHBOURS), f"{name}: records")
    expect_equal(all_refused["gemini"], ["seed", "service_tier"], "what Gemini refuses")
    expect_equal(all_refused["gpt-5"], ["max_tokens", "temperature", "top_p"], "what gpt-5 refuses")
    expect_equal(all_refused["vllm-0.12"], [], "what vLLM refuses")


def what_only_a_person_can_change_is_named_and_ends_it(stage):
    documents = stage.write("in.jsonl", NEIGHBOURS)
    sim = stage.llm_sim("--personality", "vllm-0.12")
    config = stage.config(llm=llm(sim, **SETTINGS, extra={"guided_json": {}}))
    ended = stage.prelabel("label", documents, "-c", config, "-o", "out.jsonl")
    expect(ended.code not in (0, 3), f"exit code {ended.code}")
    expect("llm.extra.guided_json" in ended.err, f"the key is not named: {ended.err[-1500:]!r}")
    expect_equal(json_lines(stage.folder / "out.dead_letters.jsonl"), [], "dead letters")
    expect(sim.stats()["requests"] < 5, "it went on asking")


def a_server_that_cuts_documents_without_a_word_is_noticed(stage):
    long = [{"id": str(number), "text": "The talks went on. " * (1200 + 200 * number) + "Ada Lovelace left."} for number in range(5)]
    sim = stage.llm_sim("--personality", "ollama", "--latency-median", "5ms")
    config = stage.config(llm=llm(sim, **SETTINGS))
    ended = stage.prelabel("label", stage.write("long.jsonl", long), "-c", config, "-o", "out.jsonl").expect_code(0)
    expect_equal(ended.err.count("num_ctx"), 1, f"warnings in {ended.err[-1500:]!r}")
    ended = stage.prelabel("label", SAMPLE_DOCUMENTS, "-c", config, "-o", "samples.jsonl").expect_code(0)
    expect("num_ctx" not in ended.err, f"a warning for short documents: {ended.err[-1500:]!r}")


def check_says_what_it_left_out(stage):
    sim = stage.llm_sim("--personality", "gpt-5")
    config = stage.config(llm=llm(sim, **SETTINGS))
    ended = stage.prelabel("check", "--online", "-c", config).expect_code(0)
    for words in ("the model refuses temperature", "the model refuses max_tokens", "answers"):
        expect(words in ended.out, f"{words!r} is not in {ended.out!r}")


def headers_are_sent_and_shown_nowhere(stage):
    secret = "gw-9f3a27c4b81d"
    (stage.folder / "other").write_text("file-5d0c12e8a7\n")
    sim = stage.llm_sim("--personality", "gpt-4o", "--api-key", secret)
    headers = {"X-Gateway": {"env": "GATEWAY_KEY"}, "X-File": {"file": str(stage.folder / "other")}}
    config = stage.config(llm=llm(sim, **SETTINGS, headers=headers, api_key={"env": "GATEWAY_KEY"}))
    documents = stage.write("in.jsonl", NEIGHBOURS)
    ended = stage.prelabel("label", documents, "-c", config, "-o", "out.jsonl", GATEWAY_KEY=secret).expect_code(0)
    wrong = stage.prelabel("label", documents, "-c", config, "-o", "wrong.jsonl", GATEWAY_KEY="wr-77aa66bb55cc")
    expect(wrong.code != 0, "a wrong key is accepted")
    missing = stage.prelabel("check", "-c", config)
    expect("llm." in missing.out + missing.err and "GATEWAY_KEY" in missing.out + missing.err, "it does not name the variable")
    for one in (ended, wrong, missing):
        for word in (secret, "wr-77aa66bb55cc", "file-5d0c12e8a7"):
            expect(word not in one.out + one.err, "a header's value is shown")


if __name__ == "__main__":
    sys.exit(perform([
        each_personality_labels_all_samples, each_personality_takes_what_is_left_of_all_that_can_be_set,
        what_only_a_person_can_change_is_named_and_ends_it, a_server_that_cuts_documents_without_a_word_is_noticed, check_says_what_it_left_out, headers_are_sent_and_shown_nowhere,
    ]))
