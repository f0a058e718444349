"""What the live page is looked at with: a worker under load, documents of somebody who means harm, a worker with a wrong key."""

import json
import pathlib
import re
import threading
import time

from browser import expect
from PIL import Image

from json_server import json_server
from parts import LLM_SIM, PRELABEL, SAMPLES, Simulator, Stage, Worker, json_lines, wait_until

PRICE = {"input_per_mtok": 0.15, "cached_input_per_mtok": 0.075, "output_per_mtok": 0.6}
FAULTS = ("429=0.01", "500=0.02", "reset=0.01", "invalid_json=0.02", "code_fence=0.02", "hallucinated=0.05", "unknown_label=0.02", "refusal=0.004")

# Words of documents, labels and ids that would do something if they were more than text.
HOSTILE = (
    "<script>globalThis.harmed = 1</script>",
    '"><img src=x onerror="globalThis.harmed = 1">',
    "</p></article></main><h1>taken over</h1>",
    "<svg/onload=globalThis.harmed=1>",
    "{{constructor.constructor('globalThis.harmed=1')()}}",
    "javascript:globalThis.harmed=1",
    "\u202egnp.eslaf\u202c",
    "\u2067שלום \u202eabc",
    "👩‍👩‍👧‍👦 🇳🇴 e\u0301\u0327",
    "W" * 400,
)
LABELS = ("<script>globalThis.harmed = 2</script>", '"><img src=x onerror=globalThis.harmed=2>', "\u202eLABEL", "🎉 label", "L" * 120)


def model(sim_url, **more):
    return {"base_url": sim_url, "model": "sim", "max_output_tokens": 256, "price": PRICE, **more}


class Running:
    """A program with a live page."""

    def __init__(self, program, url, **facts):
        self.program, self.url, self.started = program, url, time.monotonic()
        self.__dict__.update(facts)


def loaded_worker(stage, documents, gold, sim_options, llm, **worker_options):
    broker = stage.mock_broker("raw-documents:6", "pre-annotations:6", "pre-annotations.dlq:1")
    sim = stage.llm_sim("--seed", "7", *sim_options, *(("--gold", stage.write("gold.jsonl", gold)) if gold else ()),
                        *(word for fault in FAULTS for word in ("--fault", fault)))
    config = stage.config(input={"kafka": {"brokers": broker, "topic": "raw-documents", "group": "prelabel"}, "commit_interval": "1s"},
                          llm=model(sim.base_url, **llm), output={"kafka": {"topic": "pre-annotations"}}, admin={"show_documents": True})
    stage.prelabel("produce", stage.write("documents.jsonl", documents), "-c", config).expect_code(0)
    worker = Worker(stage, config, **worker_options)
    worker.wait_ready()
    return Running(worker.program, worker.admin + "/", status=worker.status)


def worker_under_load(stage):
    """Some twenty documents a second for some ten minutes, with all kinds of faults."""
    samples = json_lines(SAMPLES / "documents.jsonl")
    documents = [{"id": f"doc-{number}", "text": f"Ada Lovelace met Charles Babbage in London 🎉 (#{number}). {samples[number % len(samples)]['text']}"}
                 for number in range(12_000)]
    documents[3:3] = [{"id": "no text"}] * 5
    worker = loaded_worker(stage, documents, None, ("--latency-median", "300ms", "--requests-per-minute", "1200"),
                           {"limits": {"requests_per_minute": 1200, "tokens_per_minute": 4_000_000, "max_in_flight": 64}})

    def has_all():
        now = worker.status()
        return now["documents"]["complete"] > 50 and now["documents"]["dead_lettered"] and now["wait_seconds"] and now["lag"]["records"]

    wait_until(has_all, 120, "the worker has something to show")
    return worker


def hostile_model(stage, answers):
    """Finds in each document what that document wants to be found, and never answers one of them."""
    ended = threading.Event()

    def reply(_, request):
        asked = json.loads(request)["messages"][-1]["content"]
        if "stays open" in asked:
            ended.wait(600)
            return None
        entities = next((found for key, found in answers.items() if key in asked), [])
        return 200, {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "<b>model</b>", "choices": [{
            "index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps({"entities": entities})}}],
            "usage": {"prompt_tokens": 50, "completion_tokens": 20, "total_tokens": 70}}

    url = json_server(stage, reply)
    stage.at_end(ended.set)
    return url


def hostile_run(stage):
    documents, answers = [], {}
    for number, words in enumerate(HOSTILE):
        documents.append({"id": f"{words} {number}", "text": f"case {number:02} 🎉 Ada Lovelace wrote {words} to Charles Babbage, and more words follow."})
        answers[f"case {number:02} "] = [{"label": LABELS[number % len(LABELS)], "text": "Ada Lovelace"}, {"label": LABELS[(number + 1) % len(LABELS)], "text": words},
                                         {"label": LABELS[2], "text": "Charles Babbage"}, {"label": LABELS[0], "text": f"never there {words}"},
                                         {"label": words, "text": "more words"}]
    documents += [{"id": "<b>broken</b>", "body": "no text"}, {"id": "open", "text": "This document stays open."}]
    url = hostile_model(stage, answers)
    task = stage.write("task.yaml", json.dumps({"name": "<h1>task</h1>", "kind": "ner", "labels": [{"name": name} for name in LABELS]}, ensure_ascii=False))
    name = "<img src=x onerror=globalThis.harmed=1>.jsonl"
    stage.write(name, documents)
    pages = []
    for shown in (True, False):
        config = stage.config(f"config-{shown}.json", task=task, llm=model(url), admin={"show_documents": shown})
        program = stage.start("label", [PRELABEL, "label", name, "-c", config, "-o", f"out-{shown}.jsonl", "--page"])
        found = wait_until(lambda: re.search(r"the live page is at (http://127.0.0.1:\d+/)", program.errors()), 60, "label says where its page is")
        pages.append((program, found[1]))
    for shown in (True, False):
        wait_until(lambda: len(json_lines(stage.folder / f"out-{shown}.jsonl")) == len(HOSTILE), 60, "all but one are labeled")
    return Running(*pages[0], labels=LABELS, quiet_url=pages[1][1])


def paused_worker(stage):
    broker = stage.mock_broker("raw:1", "labeled:1", "labeled.dlq:1")
    sim = Simulator(stage.start("llm-sim", [LLM_SIM, "--listen", "127.0.0.1:0", "--api-key", "the-right-one"]).line_like(r"listening on (\S+)").group(1))
    config = stage.config(input={"kafka": {"brokers": broker, "topic": "raw"}}, output={"kafka": {"topic": "labeled"}},
                          llm=model(sim.base_url, api_key={"env": "PAGE_KEY"}))
    stage.prelabel("produce", str(SAMPLES / "documents.jsonl"), "-c", config, PAGE_KEY="a-wrong-one-75ca").expect_code(0)
    worker = Worker(stage, config, PAGE_KEY="a-wrong-one-75ca")
    return Running(worker.program, worker.admin + "/")


# ---- Pictures for the documentation


def save(page, path, height=None, selector=None):
    raw = pathlib.Path(f"{path}.png")
    if selector:
        page.locator(selector).screenshot(path=raw)
    else:
        page.screenshot(path=raw, full_page=True, clip={"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height})
    with Image.open(raw) as picture:
        picture.save(f"{path}.webp", quality=82, method=6)
    raw.unlink()


def draw_pictures(browser, folder):
    """The demo's documents again and again: gold labels with one mention in ten wrong, and a quota that is the limit."""
    folder.mkdir(exist_ok=True)
    with Stage() as stage:
        samples = json_lines(SAMPLES / "gold.jsonl")
        gold = [{**one, "id": f"{one['id']}-{copy}", "text": f"{one['text']} [{copy}]"} for copy in range(130) for one in samples]
        worker = loaded_worker(stage, [{"id": one["id"], "text": one["text"]} for one in gold], gold,
                               ("--error-rate", "0.1", "--latency-median", "400ms", "--requests-per-minute", "1500", "--tokens-per-minute", "1400000"),
                               {"limits": {"requests_per_minute": 1500, "tokens_per_minute": 1_400_000, "max_in_flight": 64}})
        time.sleep(600)
        expect(worker.status()["lag"]["records"] > 100, "the worker is not done yet")
        for name, width, theme, height in (("live-page", 1280, "light", 1150), ("live-page-dark", 1280, "dark", 720), ("live-page-phone", 360, "light", 1330)):
            with browser.view(worker.url, width=width, theme=theme, device_scale_factor=1.5) as view:
                view.open()
                save(view.page, folder / name, height)
                if theme == "light" and width > 1000:
                    view.page.evaluate("document.querySelectorAll('#documents > :nth-child(n+7)').forEach(one => one.remove())")
                    save(view.page, folder / "live-page-documents", selector="#documents-panel")
