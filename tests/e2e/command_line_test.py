"""The program as people and scripts call it: help, check, schema and evaluate. Wrong usage is in mistakes_test.py.

Needs neither Java nor a network: the broker is librdkafka's mock cluster, the model is llm-sim.
"""

import json
import re
import sys

from cases import GOLD, SAMPLE_DOCUMENTS, label_config, kafka_config
from parts import LLM_SIM, PRELABEL, SAMPLES, expect, expect_equal, json_lines, perform

COMMANDS = ("run", "label", "check", "evaluate", "produce", "schema")


def versions_and_help_go_to_standard_output(stage):
    for program, name in ((PRELABEL, "prelabel"), (LLM_SIM, "llm-sim")):
        version = stage.run(program, "--version").expect_code(0)
        expect(re.fullmatch(rf"{name} \d+\.\d+\.\d+\n", version.out), f"version is {version.out!r}")
        expect("Usage" in stage.run(program, "--help").expect_code(0).out, f"{name} --help shows no usage")
    for command in COMMANDS:
        shown = stage.prelabel(command, "--help").expect_code(0)
        expect(command in shown.out and not shown.err, f"{command} --help: {shown.err}")


def help_and_version_are_commands(stage):
    expect_equal(stage.prelabel("version").out, stage.prelabel("--version").out, "version")
    expect("Examples:" in stage.prelabel("help").expect_code(0).out, "help shows no examples")
    expect_equal(stage.prelabel("help", "label").expect_code(0).out, stage.prelabel("label", "--help").out, "help of label")


def the_configuration_is_found(stage):
    stage.config("prelabel.yaml", llm={"base_url": "http://127.0.0.1:1/v1", "model": "here"})
    expect("configuration prelabel.yaml" in stage.prelabel("check").expect_code(0).out, "./prelabel.yaml is not found")
    other = stage.config("other.yaml", llm={"base_url": "http://127.0.0.1:1/v1", "model": "other"})
    expect(f"configuration {other}" in stage.prelabel("check", PRELABEL_CONFIG=other).expect_code(0).out, "$PRELABEL_CONFIG is not found")


GOOD_CONFIG = """task: {task}
input:
  kafka: {{brokers: "127.0.0.1:9092", topic: raw}}
llm:
  model: sim
  limits: {{max_in_flight: 8}}
  timeout:
    connect: 5s
output:
  kafka: {{topic: labeled}}
"""


def check_accepts_a_good_configuration(stage):
    config = stage.write("good.yaml", GOOD_CONFIG.format(task=SAMPLES / "news-ner.yaml"))
    checked = stage.prelabel("check", "-c", config).expect_code(0)
    expect("news-ner" in checked.out and "FAIL" not in checked.out, f"printed {checked.out!r}")
    stage.prelabel("check", "-c", config, "--set", "llm.limits.max_in_flight=4").expect_code(0)


def check_accepts_a_configuration_for_files_alone(stage):
    files_only = f"task: {SAMPLES / 'news-ner.yaml'}\nllm: {{model: sim}}\n"
    checked = stage.prelabel("check", "-c", stage.write("files.yaml", files_only)).expect_code(0)
    expect("no Kafka" in checked.out, f"printed {checked.out!r}")
    half = stage.prelabel("check", "-c", stage.write("half.yaml", files_only + "output: {kafka: {topic: labeled}}\n")).expect_code(2)
    expect("input.kafka.brokers" in half.err, f"printed {half.err!r}")


def check_online_asks_broker_and_model(stage):
    sim = stage.llm_sim("--api-key", "right-key")
    bootstrap = stage.mock_broker("raw:2", "labeled:2", "dead:1")
    config = kafka_config(stage, sim, bootstrap)
    asked = (config, "--online", "--set", "llm.api_key.env=MODEL_KEY")
    stage.prelabel("check", "-c", *asked, MODEL_KEY="right-key").expect_code(0)
    wrong = stage.prelabel("check", "-c", *asked, MODEL_KEY="wrong-key").expect_code(1)
    expect("llm.api_key" in wrong.out and "wrong-key" not in wrong.out + wrong.err, f"a wrong key: {wrong.out!r}")
    nobody = stage.prelabel("check", "-c", *asked, "--set", "llm.base_url=http://127.0.0.1:1/v1", MODEL_KEY="right-key").expect_code(1)
    expect("llm.base_url" in nobody.out, f"no server: {nobody.out!r}")


def check_online_judges_the_answer_as_label_would(stage):
    for fault, words in (("invalid_json", ("the answer cannot be used: ", "set llm.response_format", "llm.retry.max_reasks: 2")),
                         ("truncated_answer", ("the answer was cut off at the output limit", "raise llm.max_output_tokens")),
                         ("refusal", ("the model refused", "a dead letter (refused)")),
                         ("wrong_document", ("none of the entities stands in the document", "set aside all that the answer names"))):
        sim = stage.llm_sim("--fault", f"{fault}=1")
        told = stage.prelabel("check", "-c", label_config(stage, sim), "--online").expect_code(1).out
        for one in ("answers\nFAIL  ", "label would ", *words):
            expect(one in told, f"{fault}: {one!r} is not in {told!r}")
        expect_equal(sim.stats()["requests"], 1, f"{fault}: requests")
    for fault in ("code_fence=1", "429=0"):
        told = stage.prelabel("check", "-c", label_config(stage, stage.llm_sim("--fault", fault)), "--online").expect_code(0).out
        expect("ok    the answer can be used" in told, f"{fault}: {told!r}")


def check_says_before_it_asks_whom(stage):
    config = label_config(stage, stage.llm_sim("--fault", "hang=1"))
    asking = stage.start("check", [PRELABEL, "check", "-c", config, "--online"])
    asking.line_like(r"^ok    configuration ")
    asking.line_like(r"^\.\.\.   asking model sim at ")
    expect(asking.running(), "it did not wait for the answer")


def check_refuses_a_schema_that_a_document_without_entities_cannot_meet(stage):
    sim = stage.llm_sim()
    task = {"name": "t", "kind": "ner", "labels": ["PER"], "schema": {"type": "object", "properties": {"entities": {"type": "array", "minItems": 1}}}}
    stage.write("task.json", json.dumps(task))
    config = label_config(stage, sim)
    ended = stage.prelabel("check", "-c", config, "--online", "--set", f"task={stage.folder}/task.json").expect_code(2)
    for words in ('refuses {"entities":[]}', 'at /entities: breaks "minItems" 1', "every document without entities a dead letter (invalid_answer)", "no minItems"):
        expect(words in ended.out, f"{words!r} is not in {ended.out!r}")
    expect_equal(sim.stats()["requests"], 0, "requests")
    stage.prelabel("label", stage.write("in.jsonl", [{"id": "a", "text": "Nothing to see here."}]), "-c", config, "-o", "out.jsonl",
                   "--set", f"task={stage.folder}/task.json").expect_code(3)


def schema_prints_all_formats(stage):
    config = stage.config()
    expect_equal(json.loads(stage.prelabel("schema", "-c", config).expect_code(0).out)["type"], "object", "type of the JSON Schema")
    expect_equal(json.loads(stage.prelabel("schema", "-c", config, "--format", "avro").expect_code(0).out)["type"], "record", "type of the Avro schema")
    for form in ("sql", "iceberg"):
        expect("CREATE TABLE" in stage.prelabel("schema", "-c", config, "--format", form).expect_code(0).out.upper(), f"{form} makes no table")


# ------------------------------------------------------------------------------------------------------------ label


def evaluate_says_how_good_it_was(stage):
    sim = stage.llm_sim("--gold", GOLD, "--error-rate", "0.2")
    stage.prelabel("label", SAMPLE_DOCUMENTS, "-c", label_config(stage, sim), "-o", "out.jsonl").expect_code(0)
    perfect = json.loads(stage.prelabel("evaluate", "--gold", GOLD, "--pred", GOLD, "--format", "json").expect_code(0).out)
    expect_equal((perfect["micro"]["f1"], perfect["documents"]), (1, len(json_lines(GOLD))), "F1 and documents of gold against itself")
    scored = json.loads(stage.prelabel("evaluate", "--gold", GOLD, "--pred", "out.jsonl", "--format", "json").expect_code(0).out)
    expect_equal((scored["mode"], scored["level"]), ("strict", "entity"), "defaults")
    expect(0.6 < scored["micro"]["f1"] < 0.95, f"F1 with 20 % of errors is {scored['micro']['f1']}")
    support = {label: sum(one["label"] == label for document in json_lines(GOLD) for one in document["entities"]) for label in ("PER", "ORG", "LOC")}
    expect_equal({one["label"]: one["support"] for one in scored["classes"]}, support, "support")
    table = stage.prelabel("evaluate", "--gold", GOLD, "--pred", "out.jsonl").expect_code(0).out
    for words in ("precision", "recall", "f1", "support", "PER", "ORG", "LOC", "micro", "macro", "weighted"):
        expect(words.lower() in table.lower(), f"{words} is not in the table")


# --------------------------------------------------------------------------------------------------- the Kafka worker


if __name__ == "__main__":
    sys.exit(perform([
        versions_and_help_go_to_standard_output, help_and_version_are_commands, the_configuration_is_found,
        check_accepts_a_good_configuration, check_accepts_a_configuration_for_files_alone, check_online_asks_broker_and_model,
        check_online_judges_the_answer_as_label_would, check_says_before_it_asks_whom,
        check_refuses_a_schema_that_a_document_without_entities_cannot_meet, schema_prints_all_formats,
        evaluate_says_how_good_it_was,
    ]))
