"""Whether the live page shows what is true, and nothing that others write becomes more than text. The worker, its broker
and its model are real programs: prelabel, mock-broker and llm-sim, under load and with faults.

page_check.py [--update] [CHECK…]: all checks, or those named. --update also draws docs/pictures (ten minutes).
"""

import signal
import sys
import time
import traceback

import hostile_checks
import worker_checks
from browser import ROOT, Browser
from scenes import draw_pictures, hostile_run, paused_worker, worker_under_load

from parts import Stage

SCENES = (
    (worker_under_load, (
        worker_checks.numbers_are_those_of_status, worker_checks.faults_and_history_are_those_of_metrics, worker_checks.opened_late_it_shows_what_was_before,
        worker_checks.says_how_many_series_are_not_drawn,
        worker_checks.documents_show_their_entities, worker_checks.reads_well_in_both_themes, worker_checks.works_by_keyboard, worker_checks.fits_every_width,
        worker_checks.moves_only_where_that_is_welcome, worker_checks.says_that_the_worker_has_ended)),
    (hostile_run, (hostile_checks.hostile_text_stays_text, hostile_checks.policy_is_strict, hostile_checks.without_permission_there_are_no_documents)),
    (paused_worker, (worker_checks.a_pause_says_what_to_do,)),
)


def main(arguments):
    update = "--update" in arguments
    only = [word for word in arguments if word != "--update"]
    known = [check.__name__ for _, checks in SCENES for check in checks]
    if unknown := [word for word in only if word not in known]:
        sys.exit(f"./dev page: no check {unknown[0]!r}; there are {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    passed, failed = 0, 0
    with Stage() as place:
        browser = Browser(place.folder)
        place.at_end(browser.close)
        for scene, checks in SCENES:
            wanted = [check for check in checks if not only or check.__name__ in only]
            if not wanted:
                continue
            with Stage() as stage:
                subject = None
                for check in wanted:
                    started = time.monotonic()
                    try:
                        subject = subject or scene(stage)
                        check(subject, browser)
                        print(f"PASS {check.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
                        passed += 1
                    except Exception as error:
                        traceback.print_exc()
                        sys.stderr.flush()
                        print(f"FAIL {check.__name__}: {next(iter(str(error).splitlines()), type(error).__name__)}", flush=True)
                        failed += 1
        if update and not failed:
            draw_pictures(browser, ROOT / "docs" / "pictures")
    print(f"page: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
