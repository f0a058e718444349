# Long: one table, to be read in one go.
"""What a new user does wrong, or has wrong, and what is said about it: one table for all commands.

Each row is a command line as it is typed, in a folder with a good configuration (`prelabel.yaml`, `task.yaml`) and good
documents (`in.jsonl`). It must end within ten seconds with the exit code and say what is wrong, where, and what to do.
Unless the row says otherwise, nothing is on standard output, no file is written or changed, and the model is not asked.
"""

import gzip
import json
import re
import signal
import sys
import time
from typing import NamedTuple

from cases import NEIGHBOURS
from parts import LLM_SIM, PRELABEL, expect, expect_equal, json_lines, perform, wait_until

BOUND_SECONDS = 10
ANSWER_SECONDS = 3  # of a missing broker or topic
SPARE_SECONDS = 1   # for the start of a program with sanitizers
WRONG, FAILED, DONE, DEAD, MODEL = 2, 1, 0, 3, 4
ONE = '{"id": "1", "text": "Ada met Bob in Rome.", "entities": [{"label": "PER", "start": 0, "end": 3}]}\n'
DEAD_LETTER = ("out.jsonl", "out.jsonl.prelabel.json", "out.dead_letters.jsonl")


class Mistake(NamedTuple):
    what: str
    line: str              # as typed; $SIM is the model's host and port, $DIR the folder
    code: int
    said: tuple            # phrases of standard error, or of standard output with `report`
    files: dict = {}       # made before, removed after
    leaves: tuple = ()     # what the command writes all the same
    report: bool = False   # `check` says it in its report, which is standard output
    paid: int = 0          # requests
    variables: dict = {}


def config(what, yaml, *said, report=False, variables={}):
    """A configuration that `check` refuses."""
    return Mistake(what, "prelabel check -c broken.yaml", WRONG, said, {"broken.yaml": yaml}, report=report, variables=variables)


def llm(what, settings, *said, **more):
    return config(what, f"task: task.yaml\nllm:\n  model: sim\n  {settings}\n", *said, **more)


def task(what, yaml, *said, **more):
    """A task that `check` refuses."""
    return Mistake(what, "prelabel check --set task=broken.yaml", WRONG, said, {"broken.yaml": yaml}, **more)


def kafka(what, settings, *said, report=False):
    return config(what, f"task: task.yaml\nllm: {{model: sim}}\n{settings}\n", *said, report=report)


def data(what, name, content, code, *said, leaves=(), paid=0, more=""):
    """An input that `label` cannot use, or of which some cannot be used: then it is a dead letter."""
    return Mistake(what, f"prelabel label {name} -o out.jsonl -q {more}".rstrip(), code, said, {name: content},
                   leaves=DEAD_LETTER if code == DEAD else leaves, paid=paid)


def usage(what, line, *said, **more):
    return Mistake(what, line, WRONG, said, **more)


COMMAND_LINES = [
    usage("no command, in a script", "prelabel", "Usage: prelabel [OPTIONS] COMMAND", "Examples:"),
    usage("a misspelt command", "prelabel labell in.jsonl", 'there is no command "labell"; did you mean label?'),
    usage("a command that is none", "prelabel frobnicate", 'there is no command "frobnicate"; prelabel --help lists them'),
    usage("an empty command", 'prelabel "$COMMAND"', 'there is no command ""; prelabel --help lists them'),
    usage("help of a misspelt command", "prelabel help lable", 'there is no command "lable"; did you mean label?'),
    usage("two commands", "prelabel check label", 'prelabel check: "label" is a command too; give one'),
    usage("a word too many", "prelabel run extra", 'prelabel run: "extra" is one word too many'),
    usage("the configuration as a word", "prelabel schema prelabel.yaml", '"prelabel.yaml" is one word too many'),
    usage("an option before its command", "prelabel -c prelabel.yaml label in.jsonl", "-c stands before the command; write it behind: prelabel label -c"),
    usage("a misspelt option", "prelabel label in.jsonl --outptu out.jsonl", "there is no option --outptu; did you mean --output?"),
    usage("an option of another command", "prelabel estimate in.jsonl --max-cost 3", "prelabel estimate: there is no option --max-cost"),
    usage("an option without its value", "prelabel label in.jsonl -o", "--output needs a value (FILE)"),
    usage("an option twice", "prelabel check -c prelabel.yaml -c prelabel.yaml", "--config is given 2 times; give it once"),
    usage("no input", "prelabel label -o out.jsonl", "prelabel label: INPUT is required"),
    usage("no input to load", "prelabel produce", "prelabel produce: INPUT is required"),
    usage("no input to show", "prelabel show", "prelabel show: INPUT is required"),
    usage("no predictions", "prelabel evaluate --gold gold.jsonl", "--pred is required"),
    usage("files without their options", "prelabel evaluate gold.jsonl gold.jsonl", "--gold is required"),
    usage("an empty shell variable for the output", 'prelabel label in.jsonl -o "$OUT"', "--output: is empty; is a variable of the shell not set?"),
    usage("an empty shell variable for the input", 'prelabel label "$IN" -o out.jsonl', "INPUT: is empty; is a variable of the shell not set?"),
    usage("an empty shell variable for the configuration", 'prelabel check -c "$CONFIG"', "--config: is empty; is a variable of the shell not set?"),
    usage("--set without a value", "prelabel check --set llm.model", "--set llm.model: has no value; expected --set key=value"),
    usage("--set of a misspelt key", "prelabel label in.jsonl -o out.jsonl --set llm.modell=x", "llm.modell: is not a known key", "did you mean `model`?"),
    usage("--set of a wrong type", "prelabel check --set llm.limits.max_in_flight=many", 'found "many"; expected an integer from 1 to 65536'),
    usage("--limit 0", "prelabel label in.jsonl -o out.jsonl --limit 0", "--limit: expected a whole number from 1 on"),
    usage("--limit -1", "prelabel label in.jsonl -o out.jsonl --limit -1", "--limit: expected a whole number from 1 on"),
    usage("--limit of a word", "prelabel label in.jsonl -o out.jsonl --limit abc", "--limit: expected a whole number from 1 on"),
    usage("--limit and --sample", "prelabel label in.jsonl -o out.jsonl --limit 1 --sample 1", "--limit excludes --sample"),
    usage("--seed without --sample", "prelabel label in.jsonl -o out.jsonl --seed 3", "--seed requires --sample"),
    usage("--seed of a word", "prelabel label in.jsonl -o out.jsonl --sample 1 --seed x", '--seed: found "x"; expected a number'),
    usage("--max-cost without a price", "prelabel label in.jsonl -o out.jsonl --max-cost 1", "--max-cost: ", "llm.price says what a million tokens cost"),
    usage("--max-cost 0", "prelabel label in.jsonl -o out.jsonl --max-cost 0", "--max-cost"),
    usage("--wait-for-model without a unit", "prelabel label in.jsonl -o out.jsonl --wait-for-model 30", "expected a duration such as 30s, 5m or 1h"),
    usage("--resume of a word", "prelabel label in.jsonl -o out.jsonl --resume=yes", '--resume: found "yes"; expected one of true, mixed'),
    usage("dead letters of no class", "prelabel label in.jsonl -o done.jsonl --retry-dead-letters=foo", 'there is no class "foo"; there are malformed_input'),
    usage("a format of input that is none", "prelabel label in.jsonl -o out.jsonl --input-format xml", '--input-format: found "xml"; expected one of jsonl, json, csv'),
    usage("a delimiter of two characters", "prelabel label table.csv -o out.jsonl --delimiter ';;'", 'found ";;"; expected auto, one character such as `;`'),
    usage("a mode of evaluation that is none", "prelabel evaluate --gold gold.jsonl --pred gold.jsonl --mode loose", '--mode: found "loose"; expected one of exact, partial'),
    usage("a schema's format that is none", "prelabel schema --format xml", '--format: found "xml"; expected one of avro, features, iceberg'),
    usage("as many errors as a word says", "prelabel evaluate --gold gold.jsonl --pred gold.jsonl --errors=many", '--errors: found "many"; expected a number'),
    usage("no documents to show", "prelabel show gold.jsonl -n 0", "-n: Value 0 not in range 1 to 1000000000"),
    usage("a colour that is none", "prelabel show gold.jsonl --color blue", '--color: found "blue"; expected one of always, auto, never'),
    usage("a fault of llm-sim that is none", "llm-sim --fault teapot=1", "teapot"),
]

CONFIGURATIONS = [
    usage("no configuration", "cd folder && prelabel check", "no configuration: name a file with -c", "$PRELABEL_CONFIG", "prelabel init"),
    usage("no such configuration", "prelabel label in.jsonl -c absent.yaml -o out.jsonl", "absent.yaml: cannot be read: No such file"),
    usage("a variable names no configuration", "prelabel check", "absent.yaml: cannot be read: No such file", variables={"PRELABEL_CONFIG": "absent.yaml"}),
    usage("a folder for a configuration", "prelabel check -c folder", "folder: cannot be read: Is a directory"),
    config("an empty configuration", "", "broken.yaml: is empty"),
    config("a list for a configuration", "- a\n- b\n", "broken.yaml:1:1: found a list; expected a mapping"),
    config("a tab", "task: task.yaml\nllm:\n\tmodel: sim\n", "broken.yaml:3:", "is not valid YAML"),
    config("a bracket that stays open", "task: task.yaml\nllm: {model: [sim\n", "broken.yaml:3:1: is not valid YAML"),
    config("a key twice", "task: task.yaml\ntask: task.yaml\nllm: {model: sim}\n", "broken.yaml:2:1: task: is given twice", "first on line 1; remove one of them"),
    config("a key in the wrong place", "task: task.yaml\nllm: {model: sim, max_in_flight: 4}\n", "broken.yaml:2:19: llm.max_in_flight", "did you mean `llm.limits.max_in_flight`?"),
    config("no model", "task: task.yaml\n", "llm.model: is missing; expected a text, not empty"),
    config("no task", "llm: {model: sim}\n", "task: is missing; expected the path of a file"),
    config("a task that is not there", "task: absent.yaml\nllm: {model: sim}\n", "broken.yaml:1:7: task: ", "absent.yaml: cannot be read: No such file"),
    config("a task that is a folder", "task: folder\nllm: {model: sim}\n", "broken.yaml:1:7: task: ", "folder: cannot be read: Is a directory"),
    llm("a misspelt key", "limits: {max_in_fligth: 8}", "broken.yaml:4:12: llm.limits.max_in_fligth", "did you mean `max_in_flight`"),
    llm("a number that is too small", "limits: {max_in_flight: 0}", "broken.yaml:4:", 'found "0"; expected an integer from 1 to 65536'),
    llm("a duration without a unit", "timeout: {total: 30}", 'llm.timeout.total: found "30"; expected a duration such as 250ms, 5s'),
    llm("a word for a number", "temperature: hot", 'llm.temperature: found "hot"; expected a number from 0 to 2'),
    llm("one value for a mapping", "timeout: 30s", 'llm.timeout: found "30s"; expected a mapping'),
    llm("a price that is a word", "price: {input_per_mtok: cheap}", 'found "cheap"; expected a number from 0 to 1000000'),
    llm("a provider of another dialect", "provider: anthropic", "llm.provider: `anthropic` is not available in this version; expected openai"),
    llm("the key itself", "api_key: sk-private-1234567890", "broken.yaml:4:12: llm.api_key: found a text (not shown)", "write {env: OPENAI_API_KEY} or {file: /run/secrets/key}"),
    llm("a key from two places", "api_key: {env: A, file: b}", "llm.api_key.file: is given besides llm.api_key.env"),
    llm("a variable for a key that is not set", "api_key: {env: PRELABEL_SURELY_UNSET}", "llm.api_key.env: the environment variable PRELABEL_SURELY_UNSET is not set", report=True),
    llm("a variable for a key that is empty", "api_key: {env: MODEL_KEY}", "MODEL_KEY is empty; expected the provider's API key", report=True, variables={"MODEL_KEY": ""}),
    llm("a variable with two keys", "api_key: {env: MODEL_KEY}", "MODEL_KEY holds spaces, line breaks", "expected one API key", report=True, variables={"MODEL_KEY": "a b"}),
    llm("a key file that is not there", "api_key: {file: absent}", "llm.api_key.file: ", "absent cannot be read: No such file", report=True)._replace(code=FAILED),
    llm("a key file that is empty", "api_key: {file: empty.jsonl}", "empty.jsonl is empty; expected the provider's API key", report=True)._replace(code=FAILED),
    llm("a variable that is not set", "base_url: \"${PRELABEL_SURELY_UNSET}\"", "broken.yaml:4:13: llm.base_url: the environment variable PRELABEL_SURELY_UNSET is not set", "${PRELABEL_SURELY_UNSET:-default}"),
    llm("an address without http://", "base_url: localhost:8000/v1", 'llm.base_url: found "localhost:8000/v1"; expected an address such as https://'),
    llm("an address with a typo", "base_url: htp://localhost/v1", 'llm.base_url: found "htp://localhost/v1"; expected an address such as https://'),
    llm("the address of a call", "base_url: https://api.openai.com/v1/chat/completions", "llm.base_url: names a call", "leave out /chat/completions"),
    llm("a port that is none", "base_url: \"http://localhost:80000/v1\"", "llm.base_url: has a port that is not a number from 1 to 65535"),
    llm("a password in the address", "base_url: \"http://me:private@localhost/v1\"", "llm.base_url: holds a user name or password", "give the key as llm.api_key"),
    llm("the key as a header", "headers: {Authorization: Bearer x}", "llm.headers.Authorization: is not to be set here; give the key as llm.api_key"),
    llm("authorities that are not there", "ca_file: absent.pem", "llm.ca_file '", "absent.pem' cannot be used: no such file", "expected a file of PEM certificates", report=True),
    usage("a blank that is missing", "prelabel check --set llm.api_key={env:KEY}", "write {env: …}, with a blank behind the colon"),
    config("a port for host and port", "task: task.yaml\nllm: {model: sim}\nadmin: {listen: 9464}\n", 'admin.listen: found "9464"; expected host:port such as 127.0.0.1:9464'),
    kafka("an output without an input", "output: {kafka: {topic: labeled}}", "input.kafka.brokers: is missing"),
    kafka("an input that is the output", "input: {kafka: {brokers: b, topic: in}}\noutput: {kafka: {topic: in}}", "output.kafka.topic: is the input topic", "expected another topic"),
    kafka("an address of the web for brokers", "input: {kafka: {brokers: 'http://localhost:9092', topic: in}}\noutput: {kafka: {topic: out}}",
          "input.kafka.brokers: is the address of a web server; expected host:port, without http://"),
    kafka("no group", "input: {kafka: {brokers: b, topic: in, group: ''}}\noutput: {kafka: {topic: out}}", "input.kafka.group: is empty"),
    kafka("a property that librdkafka has not", "input: {kafka: {brokers: b, topic: in, properties: {fetch.min.bites: 1}}}\noutput: {kafka: {topic: out}}",
          "input.kafka.properties.fetch.min.bites: librdkafka", "did you mean `fetch.min.bytes`?", report=True),
    kafka("a property that would lose documents", "input: {kafka: {brokers: b, topic: in, properties: {enable.auto.commit: true}}}\noutput: {kafka: {topic: out}}",
          "enable.auto.commit cannot be set: positions are committed only when their outputs are durable", report=True),
    usage("a configuration without Kafka", "prelabel run", "input.kafka.brokers: is missing", "output.kafka.topic: is missing"),
    usage("a configuration without Kafka, to load", "prelabel produce in.jsonl", "input.kafka.brokers: is missing", "input.kafka.topic: is missing"),
]

TASKS = [
    task("an empty task", "", "broken.yaml: is empty"),
    task("a task without labels", "name: t\nkind: ner\n", "broken.yaml:1:1: labels: is missing; expected a list"),
    task("an empty list of labels", "name: t\nkind: ner\nlabels: []\n", "broken.yaml:3:9: labels: has 0 items"),
    task("one label that is no list", "name: t\nkind: ner\nlabels: PER\n", 'broken.yaml:3:9: labels: found "PER"; expected a list'),
    task("a label twice", "name: t\nkind: ner\nlabels: [PER, PER]\n", "broken.yaml:3:15: labels[1]: the label `PER` is given twice; remove one of them"),
    task("a label without a name", "name: t\nkind: ner\nlabels: [{description: people}]\n", "labels[0].name: is missing"),
    Mistake("labels that differ in case", "prelabel check --set task=broken.yaml", DONE, ("labels `PER` and `per` differ in case only", "rename one"),
            {"broken.yaml": "name: t\nkind: ner\nlabels: [PER, per]\n"}, report=True),
    task("a kind that is none", "name: t\nkind: NER\nlabels: [PER]\n", 'broken.yaml:2:7: kind: found "NER"; expected ner'),
    task("a misspelt key of the task", "name: t\nkind: ner\nlables: [PER]\n", "broken.yaml:3:1: lables: is not a known key", "did you mean `labels`?"),
    task("the configuration for the task", "task: task.yaml\nllm: {model: sim}\n", "broken.yaml:1:1: task: is not a known key; expected one of name, kind"),
    task("an example with another label", "name: t\nkind: ner\nlabels: [PER]\nexamples: [{text: Ada met., entities: [{label: ORG, text: Ada}]}]\n",
         "examples[0].entities[0].label: `ORG` is not a label of this task; expected one of PER"),
    task("an example with other words", "name: t\nkind: ner\nlabels: [PER]\nexamples: [{text: Ada met., entities: [{label: PER, text: Bob}]}]\n",
         "examples[0].entities[0].text: these words do not stand in the example's text"),
    task("a schema that is none", "name: t\nkind: ner\nlabels: [PER]\nschema: {type: objekt}\n", 'the JSON Schema is not a valid schema at "/type"', report=True),
    task("a schema that is not there", "name: t\nkind: ner\nlabels: [PER]\nschema: {file: absent.json}\n", "schema: ", "absent.json cannot be read: No such file"),
]

INPUTS = [
    usage("an input that is not there", "prelabel label absent.jsonl -o out.jsonl", "absent.jsonl: cannot be read: No such file"),
    usage("a word that is no file", "prelabel label check -o out.jsonl", "check: cannot be read: No such file"),
    usage("an input twice", "prelabel label in.jsonl ./in.jsonl -o out.jsonl", "./in.jsonl: is given twice"),
    usage("a format that is not known", "prelabel label document.pdf -o out.jsonl", "document.pdf: what format it has cannot be told from its name", "--input-format",
          files={"document.pdf": "%PDF"}),
    usage("a glob that matches nothing", "prelabel label '*.tsv' -o out.jsonl", "*.tsv: matches no file"),
    usage("a folder without documents", "prelabel label folder -o out.jsonl", "folder: is a folder without a file whose name says that it holds documents: .jsonl"),
    usage("a closed standard input", "prelabel label - -o out.jsonl <&-", "standard input: is closed; name a file, or pipe documents into it"),
    data("a text column of another name", "tickets.csv", "ticket,body\n1,Ada\n", WRONG, 'tickets.csv: there is no column "text"; columns: ticket, body; which is the text? (input.text: body)'),
    data("JSON lines as CSV", "in.txt", ONE, WRONG, 'in.txt: there is no column "text"', more="--input-format csv"),
    data("no gzip archive", "in.jsonl.gz", ONE, WRONG, "in.jsonl.gz: is no gzip archive, though its name says so"),
    data("half a gzip archive", "cut.jsonl.gz", gzip.compress(ONE.encode() * 99)[:60], WRONG, "cut.jsonl.gz: ends in the middle of its gzip archive; was it cut off?"),
    data("UTF-16", "wide.txt", "Ada Lovelace".encode("utf-16"), WRONG, "wide.txt: is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 wide.txt > wide.utf8.txt"),
    data("UTF-16 without a mark", "wide.jsonl", ONE.encode("utf-16-le"), WRONG, "wide.jsonl: is UTF-16LE, not UTF-8", "iconv -f UTF-16LE"),
    data("a broken Parquet file", "cut.parquet", b"PAR1" + bytes(99), WRONG, "cut.parquet: ends in the middle of its Parquet; was it cut off?"),
    data("a list that is not closed", "list.json", '[{"id": "a", "text": "Ada"}', WRONG, "list.json:1: the list is not closed; was the file cut off?",
         leaves=("out.jsonl", "out.jsonl.prelabel.json")),
    data("a binary file", "program.txt", b"\x7fELF\x02\x01\x00\x00\xd0", DEAD, "byte 0xD0 at column 9 is not UTF-8; it holds control bytes: is this a file of text?", "1 dead letter in out.dead_letters.jsonl"),
    data("Latin-1", "latin.txt", "caf\u00e9 au lait".encode("latin-1"), DEAD, "byte 0xE9 at column 4 is not UTF-8; it looks like Latin-1: iconv -f LATIN1 -t UTF-8 latin.txt > latin.utf8.txt"),
    data("a quote that stays open", "quote.csv", 'id,text\n1,"Ada\n2,Bob\n', DEAD, "a quote opened at line 2 is never closed", '"document":"quote.csv:2"'),
    data("a row with a field too many", "row.csv", "id,text\n1,Ada,3\n", DEAD, "the row at line 2 has 3 fields, the header 2", '"document":"row.csv:2"'),
    data("a broken line", "broken.jsonl", '{"id":\n', DEAD, "not JSON: Invalid value. At byte 6", '"document":"broken.jsonl:1"'),
    data("a list on a line", "list.jsonl", '[{"id": "a", "text": "Ada"}]\n', DEAD, "no text at /text: the record is a list; an object is expected"),
    data("lists for objects", "lists.json", '[["a", "Ada"]]', DEAD, "no text at /text: the record is a list; an object is expected"),
    data("a text of another name", "body.jsonl", '{"id": "a", "body": "Ada"}\n', DEAD, "no text at /text; input.text says where it is"),
    data("a text that is a number", "number.jsonl", '{"id": "a", "text": 7}\n', DEAD, "/text is not a string"),
    data("an id that is a list", "id.jsonl", '{"id": [1], "text": "Ada"}\n', DEAD, "/id is neither a string nor an integer"),
    Mistake("an empty input", "prelabel label empty.jsonl -o out.jsonl", DONE, ("labeled       0 of 0 documents", "nothing was asked", "no documents in empty.jsonl"), leaves=("out.jsonl", "out.jsonl.prelabel.json")),
    Mistake("a sample of more than there is", "prelabel label in.jsonl -o out.jsonl --sample 100", DONE, (f"labeled       {len(NEIGHBOURS)} of {len(NEIGHBOURS)} documents",),
            leaves=("out.jsonl", "out.jsonl.prelabel.json"), paid=len(NEIGHBOURS)),
]

OUTPUTS = [
    usage("an output that is the input", "prelabel label in.jsonl -o ./in.jsonl", "./in.jsonl: is the input in.jsonl; name another file to write to"),
    usage("dead letters into the input", "prelabel label in.jsonl -o out.jsonl --dead-letters in.jsonl", "in.jsonl: is the input in.jsonl; name another file to write to"),
    usage("dead letters into the output", "prelabel label in.jsonl -o out.jsonl --dead-letters ./out.jsonl", "./out.jsonl: annotations and dead letters cannot go to one file"),
    usage("an output that exists", "prelabel label in.jsonl -o done.jsonl", "done.jsonl: exists already; resume it (--resume), or name another file"),
    usage("an output that would be packed", "prelabel label in.jsonl -o out.jsonl.gz", '"out.jsonl.gz": the output is JSON lines, and no .gz; name it out.jsonl'),
    usage("an output that would be a table", "prelabel label in.jsonl -o out.csv", '"out.csv": the output is JSON lines, and no .csv; name it out.jsonl'),
    usage("an output in a folder that is not there", "prelabel label in.jsonl -o gone/out.jsonl", "gone/out.jsonl: cannot be written: there is no folder gone; create it first"),
    usage("dead letters in a folder that is not there", "prelabel label in.jsonl -o out.jsonl --dead-letters gone/dead.jsonl", "there is no folder gone; create it first (--dead-letters names another)"),
    usage("an output that is a folder", "prelabel label in.jsonl -o folder", "folder: cannot be written: Is a directory"),
    usage("an output in a folder that takes no files", "prelabel label in.jsonl -o /proc/out.jsonl", "/proc/out.jsonl: cannot be written: "),
    usage("a closed standard output", "prelabel label in.jsonl >&-", "standard output: is closed; name a file (-o)"),
    usage("--resume without a file", "prelabel label in.jsonl --resume", "standard output: is no file, so nothing says what is done; --resume needs one (-o)"),
    usage("--resume of what is no output", "prelabel label in.jsonl -o notes --resume", "notes:1: is no output record, so this file cannot be resumed", files={"notes": "precious\n"}),
    usage("--resume of a line that does not end", "prelabel label in.jsonl -o notes --resume", "notes:1: is no output record", files={"notes": "precious"}),
    usage("an output that is somebody's file", "prelabel label in.jsonl -o notes", "notes: exists already", files={"notes": "precious"}),
    usage("--resume with another model", "prelabel label in.jsonl -o done.jsonl --resume --set llm.model=other", "was made with model sim, now it is other", "--resume=mixed"),
    usage("--resume with another task", "prelabel label in.jsonl -o done.jsonl --resume --set task=other.yaml", "of the task, now it is ", "--resume=mixed",
          files={"other.yaml": "name: t\nkind: ner\nlabels: [GPE]\n"}),
    usage("--resume with another input", "prelabel label gold.jsonl -o done.jsonl --resume", "in.jsonl: is not among the inputs, but done.jsonl holds labels of it; give the same inputs as before"),
    Mistake("--resume of what is not there starts", "prelabel label in.jsonl -o out.jsonl --resume", DONE, (f"labeled       {len(NEIGHBOURS)} of {len(NEIGHBOURS)} documents",),
            leaves=("out.jsonl", "out.jsonl.prelabel.json"), paid=len(NEIGHBOURS)),
    Mistake("a full disk for a report", "prelabel evaluate --gold gold.jsonl --pred gold.jsonl >/dev/full", FAILED, ("standard output: writing failed: No space left on device",)),
    Mistake("a full disk for records to look at", "prelabel show gold.jsonl >/dev/full", FAILED, ("standard output: writing failed: No space left on device",)),
    Mistake("a full disk for an estimate", "prelabel estimate in.jsonl >/dev/full", FAILED, ("standard output: writing failed: No space left on device",)),
    Mistake("a full disk for a schema", "prelabel schema >/dev/full", FAILED, ("standard output: writing failed: No space left on device",)),
    Mistake("a closed standard output for a report", "prelabel check >&-", FAILED, ("standard output: writing failed: Bad file descriptor",)),
    Mistake("a closed standard error", "prelabel label in.jsonl -o out.jsonl 2>&-", DONE, (), leaves=("out.jsonl", "out.jsonl.prelabel.json"), paid=len(NEIGHBOURS)),
]

LOOKING = [
    usage("gold that is not there", "prelabel evaluate --gold absent.jsonl --pred gold.jsonl", "absent.jsonl: cannot be read: No such file"),
    usage("predictions that are not there", "prelabel evaluate --gold gold.jsonl --pred absent.jsonl", "absent.jsonl: cannot be read: No such file"),
    usage("a folder of gold", "prelabel evaluate --gold folder --pred gold.jsonl", "folder: is a directory; name the files in it"),
    usage("a table for gold", "prelabel evaluate --gold table.csv --pred gold.jsonl", "table.csv: CSV holds no spans; gold and predictions are JSONL or tagged CoNLL"),
    Mistake("empty gold", "prelabel evaluate --gold empty.jsonl --pred gold.jsonl", WRONG, ("empty.jsonl: holds no documents to compare with",)),
    Mistake("gold without entities", "prelabel evaluate --gold in.jsonl --pred gold.jsonl", WRONG, ('in.jsonl:1: has no "entities" list; a document without any has an empty one',)),
    Mistake("predictions of other documents", "prelabel evaluate --gold gold.jsonl --pred other.jsonl", WRONG, ("other.jsonl: has no prediction for 1 of 1 gold documents", "--missing-as-empty"),
            {"other.jsonl": ONE.replace('"1"', '"2"')}),
    Mistake("predictions of another text", "prelabel evaluate --gold gold.jsonl --pred other.jsonl", WRONG, ("other.jsonl:1: document '1' has another text than at gold.jsonl:1",),
            {"other.jsonl": ONE.replace("Ada", "Eve")}),
    Mistake("offsets in bytes", "prelabel evaluate --gold gold.jsonl --pred other.jsonl", WRONG, ("other.jsonl:1: entity 1 ends at 300, the text has 20 code points; are offsets counted in bytes",),
            {"other.jsonl": ONE.replace('"end": 3', '"end": 300')}),
    Mistake("gold with a broken line", "prelabel evaluate --gold other.jsonl --pred gold.jsonl", WRONG, ("other.jsonl:2: the line is not JSON",), {"other.jsonl": ONE + "{nonsense\n"}),
    Mistake("CoNLL without tags", "prelabel evaluate --gold gold.conll --pred gold.jsonl", WRONG, ("gold.conll:1: 'PER' is no tag of the scheme lenient; expected O, or B-",), {"gold.conll": "Ada PER\n"}),
    usage("records that are not there", "prelabel show absent.jsonl", "absent.jsonl: cannot be read: No such file"),
    usage("a table to show", "prelabel show table.csv", "table.csv: has no labels to show; with --prompt its requests are shown"),
    usage("a closed standard input to show", "prelabel show - <&-", "standard input: is closed; name a file"),
    usage("a prompt without a configuration", "cd folder && prelabel show --prompt ../in.jsonl", "no configuration: name a file with -c"),
    Mistake("no records to show", "prelabel show empty.jsonl", DONE, ("empty.jsonl: holds no records to show",)),
    Mistake("a file that is no record", "prelabel show task.yaml", WRONG, ("task.yaml: is neither JSON lines (.jsonl) nor CoNLL whose last column is a tag (.conll)",)),
    usage("a program to show", "prelabel show /bin/ls", "/bin/ls: is neither JSON lines (.jsonl) nor CoNLL whose last column is a tag (.conll)"),
    usage("an estimate by what is no output", "prelabel estimate in.jsonl --from gold.jsonl", "gold.jsonl, record 1: is no output of prelabel: /task is missing"),
    usage("an estimate by an empty output", "prelabel estimate in.jsonl --from empty.jsonl", "empty.jsonl: holds no records to measure (--from)"),
    usage("an estimate by another task's output", "prelabel estimate in.jsonl --from done.jsonl --set task=other.yaml", "done.jsonl, record 1: was made by another task",
          files={"other.yaml": "name: t\nkind: ner\nlabels: [GPE]\n"}),
    usage("an estimate without a column of text", "prelabel estimate tickets.csv", 'tickets.csv: there is no column "text"', files={"tickets.csv": "ticket,body\n1,Ada\n"}),
    Mistake("an estimate without a price", "prelabel estimate in.jsonl", DONE, ("unknown: set llm.price (US dollars per million tokens)",), report=True),
    usage("init without labels and model", "prelabel init --dir folder", "prelabel init --labels PER,ORG --model gpt-4o-mini"),
    usage("init without a model", "prelabel init --dir folder --labels PER", "name what to look for and who does it: prelabel init --labels"),
    usage("init over a configuration", "prelabel init --labels PER --model sim", "task.yaml: exists already, and nothing is overwritten"),
    usage("init in a folder that is not there", "prelabel init --labels PER --model sim --dir gone", "gone/task.yaml: cannot be written: there is no such folder; create it first"),
    usage("init with a label twice", "prelabel init --dir folder --labels PER,PER --model sim", "the label `PER` is given twice"),
    usage("init with half an address", "prelabel init --dir folder --labels PER --model sim --base-url localhost:8000", 'found "localhost:8000"; expected an address such as https://'),
    usage("init from documents that are not there", "prelabel init --dir folder --labels PER --model sim --from absent.jsonl", "absent.jsonl: cannot be read: No such file"),
    usage("init from an empty file", "prelabel init --dir folder --labels PER --model sim --from empty.jsonl", "empty.jsonl: holds no records to find fields in"),
]

LEFT = ("out.jsonl", "out.jsonl.prelabel.json")  # of a run that has to be continued
MODELS = [
    Mistake("nobody at the address", "prelabel label in.jsonl -o out.jsonl --wait-for-model 0 --set llm.base_url=http://127.0.0.1:1/v1", MODEL,
            ("the model cannot be used: cannot connect to 127.0.0.1:1: connection refused; check llm.base_url", "0 of 6 labeled; continue with: "), leaves=LEFT),
    Mistake("nobody at the address, asked by check", "prelabel check --online --set llm.base_url=http://127.0.0.1:1/v1", FAILED,
            ("FAIL  model sim at http://127.0.0.1:1/v1: cannot connect", "check llm.base_url, the network and whether the server runs"), report=True),
    Mistake("a wrong path of the address", "prelabel label in.jsonl -o out.jsonl --set llm.base_url=http://$SIM/v2/v1", MODEL,
            ("the model cannot be used: HTTP 404", "check llm.base_url (it ends in /v1 for most servers) and llm.model", "0 of 6 labeled; continue with: "), leaves=LEFT),
    Mistake("a wrong key", "prelabel label in.jsonl -o out.jsonl --set llm.base_url=http://$LOCKED/v1 --set llm.api_key.env=MODEL_KEY", MODEL,
            ("the model cannot be used: HTTP 401", "the key is wrong: check llm.api_key", "0 of 6 labeled; continue with: "), leaves=LEFT, variables={"MODEL_KEY": "sk-wrong-123"}),
    Mistake("no key", "prelabel check --online --set llm.base_url=http://$LOCKED/v1", FAILED, ("HTTP 401", "no key is configured: llm.api_key says where it is"), report=True),
    Mistake("a model that the server has not", "prelabel check --online --set llm.base_url=http://$LOCKED/v1 --set llm.api_key.env=MODEL_KEY --set llm.model=gpt-99", FAILED,
            ("HTTP 404", "llm.model"), report=True, variables={"MODEL_KEY": "sk-right-456"}),
    Mistake("a page on an address of another machine", "prelabel label in.jsonl -o out.jsonl --page --set admin.listen=192.0.2.1:1", WRONG, ("cannot listen on 192.0.2.1:0: ",), leaves=LEFT),
]

RUN = "prelabel run -c kafka.yaml"
KAFKA = [
    Mistake("a port that is taken", RUN + " --set admin.listen=$SIM", FAILED, ("cannot listen on 127.0.0.1:", "address already in use")),
    Mistake("a port that is taken, for llm-sim", "llm-sim --listen $SIM", FAILED, ("in use",)),
    Mistake("a key file that is not there yet", RUN + " --set llm.api_key.file=absent", FAILED, ("llm.api_key.file: ", "absent cannot be read: No such file")),
    usage("a property of the output that librdkafka has not", RUN + " --set 'output.kafka.properties={linger.msec: 1}'", "output.kafka.properties.linger.msec: librdkafka", "did you mean"),
    usage("a property that librdkafka has not, to load", "prelabel produce in.jsonl -c kafka.yaml --set 'input.kafka.properties={fetch.min.bites: 1}'",
          "input.kafka.properties.fetch.min.bites: librdkafka", "did you mean `fetch.min.bytes`?"),
    usage("a value that librdkafka refuses", "prelabel produce in.jsonl -c kafka.yaml --set 'input.kafka.properties={session.timeout.ms: soon}'", "input.kafka.properties.session.timeout.ms: "),
    usage("nothing to load", "prelabel produce absent.jsonl -c kafka.yaml", "absent.jsonl: cannot be read: No such file"),
]


def expect_mistake(stage, sim, mistake, places):
    for name, content in mistake.files.items():
        stage.write(name, content)
    line = mistake.line
    for name, value in places.items():
        line = line.replace(f"${name}", value)
    before, asked = snapshot(stage), sim.stats()["requests"]
    functions = f"prelabel() {{ '{PRELABEL}' \"$@\"; }}; llm-sim() {{ '{LLM_SIM}' \"$@\"; }}; "
    ended = stage.run("bash", "-c", functions + line, seconds=BOUND_SECONDS, **mistake.variables)
    for name in mistake.leaves:
        expect((stage.folder / name).exists(), f"{name} was not written")
        (stage.folder / name).unlink()
    shown = f"on standard output {ended.out[-1500:]!r}, on standard error {ended.err[-1500:]!r}"
    expect_equal(ended.code, mistake.code, f"exit code, {shown}")
    for phrase in mistake.said:
        expect(phrase in (ended.out if mistake.report else ended.err), f"{phrase!r} is not said: {shown}")
    expect(mistake.report or not ended.out, f"more than nothing is {shown}")
    expect(not mistake.report or not ended.err, f"beside the report, {shown}")
    expect(not re.search(r"Sanitizer|terminate called|runtime error|what\(\)|\bat 0x", ended.err + ended.out), f"a crash: {shown}")
    expect("private" not in ended.out + ended.err, f"a secret is shown {shown}")
    after = snapshot(stage)
    expect_equal({name for name in before | after if before.get(name) != after.get(name)}, set(), "files that were made, changed or removed")
    expect_equal(sim.stats()["requests"] - asked, mistake.paid, "requests")
    for name in mistake.files:
        (stage.folder / name).unlink()


def snapshot(stage):
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in stage.folder.rglob("*") if path.is_file() and path.suffix != ".stderr"}


def expect_all(stage, mistakes):
    """Every row is tried before the first one fails the test."""
    sim = stage.llm_sim()
    locked = stage.llm_sim("--api-key", "sk-right-456", "--model", "sim")
    places = {"SIM": sim.base_url.split("/")[2], "LOCKED": locked.base_url.split("/")[2], "DIR": str(stage.folder)}
    (stage.folder / "folder").mkdir()
    for name, content in {
        "prelabel.yaml": f"task: task.yaml\nllm: {{base_url: \"{sim.base_url}\", model: sim}}\nlog: {{format: json}}\n",
        "kafka.yaml": f"task: task.yaml\nllm: {{base_url: \"{sim.base_url}\", model: sim}}\nadmin: {{listen: \"127.0.0.1:0\"}}\n"
                      "input: {kafka: {brokers: \"127.0.0.1:1\", topic: raw}}\noutput: {kafka: {topic: labeled}}\n",
        "task.yaml": "name: t\nkind: ner\nlabels: [PER, ORG, LOC]\n", "in.jsonl": NEIGHBOURS, "gold.jsonl": ONE, "empty.jsonl": "", "table.csv": "id,text\n1,Ada\n",
    }.items():
        stage.write(name, content)
    stage.prelabel("label", "in.jsonl", "-o", "done.jsonl", "-q").expect_code(0)
    wrong = []
    for mistake in mistakes:
        try:
            expect_mistake(stage, sim, mistake, places)
        except AssertionError as error:
            wrong.append(f"{mistake.what} ({mistake.line}): {error}")
            for name in (*mistake.files, *mistake.leaves):
                (stage.folder / name).unlink(missing_ok=True)
    expect(not wrong, f"{len(wrong)} of {len(mistakes)}\n" + "\n".join(wrong))


def command_lines_are_refused(stage):
    expect_all(stage, COMMAND_LINES)


def configurations_are_refused(stage):
    expect_all(stage, CONFIGURATIONS)


def tasks_are_refused(stage):
    expect_all(stage, TASKS)


def inputs_are_refused_or_set_aside(stage):
    expect_all(stage, INPUTS)


def outputs_are_refused(stage):
    expect_all(stage, OUTPUTS)


def what_cannot_be_looked_at_is_named(stage):
    expect_all(stage, LOOKING)


def models_that_do_not_answer_are_named(stage):
    expect_all(stage, MODELS)


def what_is_wrong_with_kafka_is_named(stage):
    expect_all(stage, KAFKA)


def the_table_is_long_and_of_all_commands(_):
    rows = [mistake for table in (COMMAND_LINES, CONFIGURATIONS, TASKS, INPUTS, OUTPUTS, LOOKING, MODELS, KAFKA) for mistake in table]
    names = [mistake.what for mistake in rows]
    expect_equal(sorted(name for name in set(names) if names.count(name) > 1), [], "rows of one name")
    expect(len(rows) >= 75, f"{len(rows)} mistakes")
    for command in ("label", "run", "produce", "check", "check --online", "evaluate", "show", "estimate", "init", "schema", "help"):
        expect(any(f"prelabel {command}" in mistake.line for mistake in rows), f"no mistake with {command}")


# ------------------------------------------------------------------------------ what waits, and what it says meanwhile


def kafka_settings(stage, brokers, topic="raw", **output):
    return stage.config("kafka.yaml", llm={"base_url": "http://127.0.0.1:1/v1", "model": "sim"}, admin={"listen": "127.0.0.1:0"},
                        input={"kafka": {"brokers": brokers, "topic": topic}}, output={"kafka": {"topic": "labeled", **output}})


def within(seconds, action):
    started = time.monotonic()
    outcome = action()
    took = time.monotonic() - started
    expect(took < seconds + SPARE_SECONDS, f"it took {took:.1f} s")
    return outcome


def a_missing_broker_is_named_within_three_seconds(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    for brokers, why in (("127.0.0.1:1", "Connection refused"), ("no-such-host.invalid:9092", ""), ("192.0.2.1:9092", ""), (stage.llm_sim().base_url.split("/")[2], "listeners of Kafka")):
        settings = kafka_settings(stage, brokers)
        sentence = f"brokers {brokers} do not answer: "
        produced = within(ANSWER_SECONDS, lambda: stage.prelabel("produce", "in.jsonl", "-c", settings).expect_code(1))
        expect(produced.err.startswith(f"prelabel: {sentence}") and produced.err.count("\n") == 1, f"produce says {produced.err!r}")
        expect(why in produced.err and "`brokers`" in produced.err, f"produce says {produced.err!r}")
        checked = within(ANSWER_SECONDS, lambda: stage.prelabel("check", "--online", "-c", settings).expect_code(1))
        expect_equal(checked.out.count(sentence), 1, f"times that check says it: {checked.out!r}")
        worker = stage.start("worker", [PRELABEL, "run", "-c", settings])
        wait_until(lambda: '"event":"waiting"' in worker.errors() and sentence in worker.errors(), ANSWER_SECONDS + SPARE_SECONDS, "run says what it waits for")
        expect(worker.running(), "run gave up")
        worker.signal(signal.SIGTERM)
        expect_equal(within(ANSWER_SECONDS, worker.wait), 0, "exit code of run")


def a_missing_topic_is_named_with_the_command_that_creates_it(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    brokers = stage.mock_broker("raw:1", "labeled.dlq:1")

    def sentences(topic):
        return f"topic {topic} is missing at {brokers}", f"kafka-topics.sh --bootstrap-server {brokers} --create --topic {topic} --partitions 6"

    settings = kafka_settings(stage, brokers, topic="rwa")
    produced = within(ANSWER_SECONDS, lambda: stage.prelabel("produce", "in.jsonl", "-c", settings).expect_code(1))
    expect(all(one in produced.err for one in sentences("rwa")) and produced.err.count("\n") == 1, f"produce says {produced.err!r}")
    checking = stage.start("check", [PRELABEL, "check", "--online", "-c", settings])
    checking.line_like("FAIL  " + re.escape(sentences("rwa")[0]), ANSWER_SECONDS + SPARE_SECONDS)
    checking.line_like(re.escape(sentences("rwa")[1]), 1)
    worker = stage.start("worker", [PRELABEL, "run", "-c", settings])
    wait_until(lambda: '"event":"waiting"' in worker.errors() and all(one in worker.errors() for one in sentences("rwa")), ANSWER_SECONDS + SPARE_SECONDS, "run says it")
    expect(worker.running(), "run gave up")


def a_full_disk_is_said_once_and_can_be_left(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    sim = stage.llm_sim()
    config = stage.config(llm={"base_url": sim.base_url, "model": "sim"})
    stuck = stage.start("label", [PRELABEL, "label", "in.jsonl", "-c", config, "-o", "/dev/full"])
    wait_until(lambda: "is tried again, and nothing is bought meanwhile" in stuck.errors(), BOUND_SECONDS, "it says that the disk is full")
    time.sleep(2)
    expect_equal(stuck.errors().count("No space left on device"), 1, "times that it is said")
    expect(sim.stats()["requests"] <= len(NEIGHBOURS), "more is bought than there is")
    stuck.signal(signal.SIGINT)
    wait_until(lambda: "interrupt again" in stuck.errors(), BOUND_SECONDS, "it says how to stop at once")
    stuck.signal(signal.SIGINT)
    expect_equal(stuck.wait(BOUND_SECONDS), 130, "exit code")


def nothing_is_printed_into_a_file_that_took_the_place_of_a_closed_descriptor(stage):
    stage.write("in.jsonl", NEIGHBOURS)
    sim = stage.llm_sim()
    config = stage.config(llm={"base_url": sim.base_url, "model": "sim"})
    stage.run("bash", "-c", f"'{PRELABEL}' label in.jsonl -c '{config}' -o out.jsonl <&- 2>&-").expect_code(0)
    expect_equal([record["id"] for record in json_lines(stage.folder / "out.jsonl")], [one["id"] for one in NEIGHBOURS], "lines of the output")


if __name__ == "__main__":
    sys.exit(perform([
        the_table_is_long_and_of_all_commands, command_lines_are_refused, configurations_are_refused, tasks_are_refused, inputs_are_refused_or_set_aside,
        outputs_are_refused, what_cannot_be_looked_at_is_named, models_that_do_not_answer_are_named, what_is_wrong_with_kafka_is_named,
        a_missing_broker_is_named_within_three_seconds, a_missing_topic_is_named_with_the_command_that_creates_it,
        a_full_disk_is_said_once_and_can_be_left, nothing_is_printed_into_a_file_that_took_the_place_of_a_closed_descriptor,
    ]))
