"""What the end-to-end scripts say when something is not as it should be."""

import time


class Skip(Exception):
    """Why a test cannot run here. In CI that is a failure."""


def expect(truth, why):
    if not truth:
        raise AssertionError(why)


def expect_equal(found, expected, what):
    expect(found == expected, f"{what}: found {found!r}, expected {expected!r}")


def wait_until(true, seconds, what):
    """Waits for true() to hold and gives what it returned."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        expect(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return found
