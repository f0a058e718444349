"""A page in headless Chromium, and everything that it must not do: errors, violations of its policy, requests to elsewhere."""

import contextlib
import os
import pathlib
import sys
import time

import axe_playwright_python
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from parts import expect, expect_equal  # noqa: E402

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# The page takes the system's font; here that is one that is installed everywhere.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include>/etc/fonts/fonts.conf</include>
""" + "".join(f"""<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit></match>""" for family in ("system-ui", "sans", "sans-serif", "DejaVu Sans")) + "</fontconfig>"
WATCH = """addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
window.alert = window.confirm = window.prompt = text => console.error(`a script of others ran: ${text}`);"""


class View:
    """One page of the browser at an address. Leaving it checks that it did nothing wrong."""

    def __init__(self, context, url):
        self.url = url
        self.wrong = []
        self.gone = False  # failing requests are to be expected
        self.page = context.new_page()
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: request.url.startswith(url) or self.wrong.append(f"asks {request.url}"))
        self.page.add_init_script(WATCH)

    def _note(self, kind, text):
        if kind in ("error", "warning") and not (self.gone and "Failed to load resource" in text):
            self.wrong.append(f"{kind}: {text}")

    def open(self):
        self.page.goto(self.url, wait_until="load")
        self.wait("document.getElementById('state').textContent !== '…' && document.querySelector('.chart .line') !== null", "the page has numbers")
        return self

    def wait(self, expression, what, seconds=30):
        """Until the expression holds. The driver's own waiting evaluates strings in the page, which its policy forbids."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            expect(time.monotonic() < deadline, f"{what}: not within {seconds} s")
            self.page.wait_for_timeout(100)

    def answer(self, path):
        """The next answer that the page gets, once the page shows it."""
        with self.page.expect_response(self.url + path, timeout=20_000) as waiting:
            pass
        answer = waiting.value.json()
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        return answer

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def state(self):
        return self.page.evaluate("document.body.dataset.state")

    def wait_for_state(self, state, seconds=30):
        self.wait(f"document.body.dataset.state === '{state}'", f"the state {state}", seconds)

    def tile(self, title):
        """The exact number, the small print and what the chart says."""
        return self.page.evaluate(
            """title => { const tile = [...document.querySelectorAll('.tile')].find(one => one.querySelector('h3').textContent === title);
            return {value: tile.querySelector('data').value, text: tile.querySelector('.big').textContent, notes: tile.querySelector('.fine').textContent,
                    chart: tile.querySelector('svg').getAttribute('aria-label'), points: (tile.querySelector('.line')?.getAttribute('d').match(/[ML]/g) || []).length,
                    limit: tile.querySelector('.limit') !== null}; }""", title)

    def rows(self, table):
        """The exact numbers of a table by the name of the row, in the order of the rows."""
        return dict(self.page.evaluate(
            """id => [...document.getElementById(id).tBodies[0].rows].filter(row => row.cells.length > 1).map(row =>
            [row.cells[0].textContent, [...row.querySelectorAll('data')].map(data => data.value)])""", table))

    def expect_accessible(self, what):
        """What axe-core finds, contrast among it."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        problems = [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]
        expect(not problems, f"{what}: {problems[:5]}")
        checked = {one["id"] for one in found["passes"]}
        expect({"color-contrast", "landmark-one-main", "page-has-heading-one"} <= checked, f"{what}: axe looked at {sorted(checked)}")

    def expect_fits(self, what):
        """Nothing scrolls sideways, and no cell, number or title stands over its neighbour."""
        over = self.page.evaluate(
            """() => { const wide = [...document.querySelectorAll('body *')].filter(node => !node.closest('.unseen, caption, svg') &&
            node.getBoundingClientRect().right > innerWidth + 1).map(node => `${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`);
            const room = document.documentElement; return room.scrollWidth > innerWidth ? [`the page is ${room.scrollWidth} wide`, ...wide] : wide; }""")
        expect(not over, f"{what}: {over[:4]}")

    def close(self):
        wrong = list(dict.fromkeys(self.wrong))
        self.page.close()
        expect(not wrong, f"the page did what it must not: {wrong[:5]}")


class Browser:
    """Headless Chromium of the distribution."""

    def __init__(self, folder):
        fonts = folder / "fonts.conf"
        fonts.write_text(FONTS)
        self._driver = sync_playwright().start()
        # As root, as in a container, Chromium has no sandbox of its own.
        self._chromium = self._driver.chromium.launch(executable_path="/usr/bin/chromium", chromium_sandbox=os.geteuid() != 0,
                                                      env={**os.environ, "FONTCONFIG_FILE": str(fonts)})

    @contextlib.contextmanager
    def view(self, url, width=1280, height=900, theme="light", **options):
        context = self._chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme, **options)
        view = View(context, url)
        try:
            yield view
            view.close()
        finally:
            context.close()

    def close(self):
        self._chromium.close()
        self._driver.stop()


__all__ = ["Browser", "View", "expect", "expect_equal"]
