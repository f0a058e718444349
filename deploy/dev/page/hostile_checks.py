"""Documents, labels and ids of somebody who means harm stay text."""

import json

from browser import expect, expect_equal
from marks import expect_marks_are_true
from scenes import HOSTILE

from parts import get


def hostile_text_stays_text(run, browser):
    for width in (360, 1280):
        with browser.view(run.url, width=width) as view:
            view.open()
            view.wait("document.querySelectorAll('#documents article').length >= 5", "documents")
            documents = view.answer("documents")
            expect_marks_are_true(view, documents)
            page = view.page.locator("body").text_content()
            for word in HOSTILE:
                expect(word in page, f"not shown as text: {word!r}")
            made = view.page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, a[href^=javascript], script:not([src])').length")
            expect_equal(made, 0, "elements that others' words made")
            expect(view.page.evaluate("globalThis.harmed === undefined"), "a script of others ran")
            labels = set(view.rows("quality"))
            expect_equal(labels, set(run.labels), "labels")
            loose = view.page.evaluate(
                """() => { const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) { const node = walk.currentNode;
                  if (/[\\u0590-\\u07ff\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data) && !getComputedStyle(node.parentElement).unicodeBidi.includes('isolate'))
                    out.push(`${node.parentElement.tagName} ${node.data.slice(0, 30)}`); }
                return out; }""")
            expect_equal(loose, [], "pieces whose writing direction reaches their neighbours")
            view.expect_fits(f"hostile words, {width} wide")
            view.expect_accessible(f"hostile words, {width} wide")


def policy_is_strict(run, browser):
    with browser.view(run.url) as view:
        reply = view.page.goto(run.url)
        policy = reply.headers["content-security-policy"]
        expect(policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy, f"the policy: {policy}")
        view.page.wait_for_selector("#documents article")
        view.gone = True
        tried = view.page.evaluate(
            """() => { const out = {}; const script = document.createElement('script');
            try { script.textContent = 'globalThis.harmed = 1'; document.body.append(script); } catch (error) { out.script = 'refused'; }
            try { document.body.insertAdjacentHTML('beforeend', '<p>x'); } catch (error) { out.markup = 'refused'; }
            out.harmed = globalThis.harmed === 1; return out; }""")
        expect_equal(tried, {"script": "refused", "markup": "refused", "harmed": False}, "what a script of others could do")
        view.wrong.clear()  # that was us


def without_permission_there_are_no_documents(run, browser):
    expect_equal(get(run.quiet_url + "documents")[0], 404, "/documents where admin.show_documents is false")
    with browser.view(run.quiet_url) as view:
        view.open()
        expect(view.page.locator("#documents-panel").is_hidden(), "a panel for documents")
        words = json.dumps(view.answer("status")) + json.dumps(view.answer("history")) + view.page.locator("body").text_content()
        expect("Lovelace" not in words, "document text without permission")
