"""What the page of a worker shows: the numbers are true, and everybody can read and use it."""

import re
import signal
import time

from browser import expect, expect_equal
from marks import expect_marks_are_true

from parts import get, wait_until

WIDTHS = ((360, 740), (1024, 768), (1280, 900), (1920, 1080), (3840, 2160))


def close_to(found, expected, what):
    """A number that the page has from an answer: the same one."""
    expect(found != "" and float(found) == float(expected), f"{what}: the page has {found!r}, the answer {expected!r}")


def numbers_are_those_of_status(worker, browser):
    with browser.view(worker.url) as view:
        view.open()
        s = view.answer("status")
        expect_equal(view.state(), s["state"], "state")
        expect_equal(view.text("#summary"), s["summary"], "what it says")
        expect(s["rates"]["documents_per_second"] > 1, f"the worker has no load: {s['rates']}")
        for title, value in (("Throughput", s["rates"]["documents_per_second"]), ("Lag", s["lag"]["records"]), ("A call takes", s["latency"]["call_seconds"]["p50"]),
                             ("A document takes", s["latency"]["document_seconds"]["p50"]), ("Requests", s["quota"]["requests_per_minute"]["used"]),
                             ("Tokens reserved", s["quota"]["tokens_per_minute"]["used"]), ("Cost", s["rates"]["cost_usd_per_hour"]),
                             ("Dead letters", s["documents"]["dead_lettered"])):
            close_to(view.tile(title)["value"], value, title)
        expect(view.tile("Requests")["limit"], "the quota's tile has no line for its limit")
        expect("per 1,000 documents" in view.tile("Cost")["notes"], "the cost of 1,000 documents")
        waits = view.rows("waiting")
        expect(waits and abs(sum(float(share) for share, _ in waits.values()) - 1) < 0.001, f"the shares of what calls wait for: {waits}")
        for reason, calls in s["waiting_calls"].items():
            close_to(waits[reason.replace("_", " ")][1], calls, f"calls that wait for {reason}")
        for label, one in s["labels"].items():
            found = view.rows("quality")[label]
            close_to(found[0], one["found"], f"{label}: found")
            close_to(found[1], one["set_aside"], f"{label}: set aside")
        for table, counts in (("letters", s["dead_letters"]), ("aside", s["discarded"])):
            expect_equal({name: int(numbers[0]) for name, numbers in view.rows(table).items()},
                         {name.replace("_", " "): count for name, count in counts.items()}, table)
        tokens, process = s["tokens"], view.rows("process")
        for name, value in (("input tokens, not cached", tokens["input"] - tokens["cached_input"]), ("input tokens, cached", tokens["cached_input"]),
                            ("output tokens", tokens["output"])):
            close_to(process[name][0], value, name)
        for p in s["assignment"]:
            close_to(view.rows("partitions")[str(p["partition"])][1], p["lag"], f"lag of partition {p['partition']}")


def faults_and_history_are_those_of_metrics(worker, browser):
    """Counters only grow, so the page's numbers lie between those before and after."""
    def counters():
        lines = re.findall(r'^(prelabel_\w+)(?:\{([^}]*)\})? ([0-9.e+-]+)$', get(worker.url + "metrics")[1], re.MULTILINE)
        return {(name, labels): float(value) for name, labels, value in lines}

    with browser.view(worker.url) as view:
        before = counters()
        view.open()
        history = view.answer("history")
        after = counters()
        faults = view.rows("faults")
        checked = 0
        for series in history["series"]:
            labels = ",".join(f'{name}="{value}"' for name, value in series["labels"].items())
            key = (series["metric"], labels)
            if key in before and "per_second" in series:
                printed = float(f"{series['now']:.12g}")  # metrics are written with fewer digits
                expect(float(f"{before[key]:.12g}") <= printed <= float(f"{after[key]:.12g}"), f"{key}: history has {series['now']}, metrics {before[key]} to {after[key]}")
                checked += 1
            if series["metric"] == "prelabel_calls_total" and series["labels"]["reply"] != "answered" and series["now"] > 0:
                close_to(faults[f"calls: {series['labels']['reply'].replace('_', ' ')}"][0], series["now"], str(key))
        expect(checked > 30, f"only {checked} counters compared")
        expect(len(faults) >= 2, f"the faults: {faults}")


def opened_late_it_shows_what_was_before(worker, browser):
    wait_until(lambda: time.monotonic() - worker.started > 25, 60, "the worker has a past")
    with browser.view(worker.url) as view:
        view.open()
        for title in ("Throughput", "A call takes", "Requests"):
            tile = view.tile(title)
            expect(tile["points"] >= 4, f"{title}: the chart has {tile['points']} points")
            expect(re.search(r"in the last 15 minutes: now .*, from .* to ", tile["chart"]), f"{title}: a chart for those who hear: {tile['chart']!r}")
        silent = view.page.evaluate("[...document.querySelectorAll('svg')].filter(one => one.getAttribute('role') !== 'img' || !one.getAttribute('aria-label')).length")
        expect_equal(silent, 0, "charts without words")


def says_how_many_series_are_not_drawn(worker, browser):
    with browser.view(worker.url) as view:
        crowd = {"left_out": 0}
        view.page.route("**/history", lambda route: route.fulfill(json={**route.fetch().json(), **crowd}))
        view.open()
        view.answer("history")
        expect("not drawn" not in view.text("footer"), "nothing is left out")
        crowd["left_out"] = 1234
        view.answer("history")
        expect("a chart has 15 minutes. 1,234 more are not drawn." in view.text("footer"), f"the foot: {view.text('footer')!r}")


def documents_show_their_entities(worker, browser):
    with browser.view(worker.url) as view:
        view.open()
        view.page.wait_for_selector("#documents mark")
        documents = view.answer("documents")
        expect(0 < len(documents["latest"]) <= 20, "documents")
        expect_marks_are_true(view, documents)


def reads_well_in_both_themes(worker, browser):
    for theme in ("light", "dark"):
        with browser.view(worker.url, theme=theme) as view:
            view.open()
            view.page.wait_for_selector("#documents article")
            view.expect_accessible(theme)
            # Lines of a chart are no text: 3:1 is asked of them.
            weak = view.page.evaluate(
                """() => { const style = getComputedStyle(document.documentElement), light = name => {
                const [r, g, b] = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16) / 255)
                  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                const card = light('--card'), ratio = name => (Math.max(light(name), card) + 0.05) / (Math.min(light(name), card) + 0.05);
                return ['--accent', '--second', '--bad', '--good', '--warn'].map(name => [name, ratio(name)]).filter(([, r]) => r < 3); }""")
            expect(not weak, f"{theme}: lines that are hard to see: {weak}")
            ground = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
            expect((sum(map(int, re.findall(r"\d+", ground)[:3])) > 380) == (theme == "light"), f"{theme}: the ground is {ground}")


def works_by_keyboard(worker, browser):
    with browser.view(worker.url) as view:
        view.open()
        page = view.page
        focused = lambda: page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")  # noqa: E731
        page.keyboard.press("Tab")
        expect_equal(focused(), "Skip to the numbers", "the first stop")
        page.keyboard.press("Enter")
        expect_equal(page.evaluate("document.activeElement.id"), "numbers", "where the first stop leads")
        stops = []
        for _ in range(9):
            page.keyboard.press("Tab")
            stops.append(focused())
        expect({"partition", "committed", "lag", "Hold"} <= set(stops), f"what Tab reaches: {stops}")
        lags = lambda: [int(numbers[1]) for numbers in view.rows("partitions").values() if numbers[1]]  # noqa: E731
        expect_equal(lags(), sorted(lags(), reverse=True), "partitions: the most behind first")
        page.locator("button[data-by=lag]").focus()
        page.keyboard.press("Enter")
        expect_equal(page.locator("th[aria-sort]").get_attribute("aria-sort"), "ascending", "the order that is said")
        view.answer("status")
        expect_equal(lags(), sorted(lags()), "the order that is shown")
        expect_equal(page.evaluate("document.activeElement.dataset.by"), "lag", "focus after a refresh")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        expect_equal(ring, "solid", "the ring around what has the focus")
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        page.locator("#hold").focus()
        page.keyboard.press("Space")
        expect_equal(page.locator("#hold").get_attribute("aria-pressed"), "true", "held")
        held = page.locator("#documents").inner_text()
        view.answer("history")
        page.wait_for_timeout(500)
        expect_equal(page.locator("#documents").inner_text(), held, "documents while they are held")


def fits_every_width(worker, browser):
    for width, height in WIDTHS:
        with browser.view(worker.url, width=width, height=height) as view:
            view.open()
            view.page.wait_for_selector("#documents article")
            view.expect_fits(f"{width} wide")


def moves_only_where_that_is_welcome(worker, browser):
    for choice, expected in (("reduce", "0s"), ("no-preference", "0.6s")):
        with browser.view(worker.url, reduced_motion=choice) as view:
            view.open()
            view.page.wait_for_selector(".part")
            moves = view.page.evaluate(
                "[...new Set([...document.querySelectorAll('*')].flatMap(one => [getComputedStyle(one).transitionDuration, getComputedStyle(one).animationDuration]))]")
            expect_equal(sorted(set(moves) - {"0s", "auto"}), [] if expected == "0s" else [expected], f"what moves, with {choice}")


def says_that_the_worker_has_ended(worker, browser):
    with browser.view(worker.url) as view:
        view.open()
        completed = view.tile("Throughput")["notes"]
        expect(completed, "numbers before the end")
        view.gone = True
        worker.program.signal(signal.SIGTERM)
        view.wait_for_state("no answer", 60)
        expect(re.search(r"has ended.*no answer since \d\d:\d\d:\d\d\. The numbers are its last ones\.", view.text("#summary")), f"it says {view.text('#summary')!r}")
        expect(view.page.locator("#news").text_content().startswith("no answer. "), "those who hear are told")
        expect("no answer" in view.page.title(), f"the tab's title: {view.page.title()!r}")
        expect(view.tile("Throughput")["notes"], "the last numbers stay")
        view.expect_accessible("without a worker")
        view.expect_fits("without a worker")


def a_pause_says_what_to_do(worker, browser):
    with browser.view(worker.url) as view:
        view.open()
        view.wait_for_state("paused", 60)
        expect("llm.api_key" in view.text("#summary"), f"it says {view.text('#summary')!r}")
        expect(view.page.locator("#news").text_content().startswith("paused. "), "those who hear are told")
        expect("paused" in view.text("#troubles"), "the trouble is listed")
        view.expect_accessible("paused")
