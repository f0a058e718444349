"""A storm of rebalances on a real broker: workers come, go, and are stopped past their session and go on, again and again under load.

CI has eight rounds; PRELABEL_ROUNDS=100 tests/e2e/exactly_once_storm_test.py takes its time. PRELABEL_SEED repeats the draws of a run.
"""

import collections
import json
import os
import signal
import sys
import time

from broker import perform_on_one_broker
from ledger import PARTITIONS, SESSION_SECONDS, Ledger, drawn, end
from offset_watch import OffsetWatch
from parts import expect, expect_equal

ROUNDS = int(os.environ.get("PRELABEL_ROUNDS", "8"))
LEAST, MOST = 2, 5  # workers that are awake; workers in all
ZOMBIES = 2  # at once
EACH = 150  # documents for a round


class Storm:
    """Workers that come and go."""

    def __init__(self, ledger, chance):
        self.ledger, self.chance = ledger, chance
        self.awake = [ledger.worker() for _ in range(LEAST + 1)]
        self.zombies = []  # (worker, when it goes on)
        self.gone = []
        self.done = collections.Counter()

    def round(self):
        self.wake_those_due()
        possible = [what for what, now in ((self.join, len(self.awake) + len(self.zombies) < MOST), (self.leave, len(self.awake) > LEAST),
                                           (self.stop, len(self.awake) > LEAST and len(self.zombies) < ZOMBIES)) if now]
        if possible:
            what = self.chance.choice(possible)
            self.done[what.__name__] += 1
            what()

    def join(self):
        self.awake.append(self.ledger.worker())

    def leave(self):
        worker = self.awake.pop(self.chance.randrange(len(self.awake)))
        worker.program.signal(signal.SIGTERM)
        self.gone.append(worker)

    def stop(self):
        worker = self.awake.pop(self.chance.randrange(len(self.awake)))
        worker.program.signal(signal.SIGSTOP)
        # Mostly past its session; sometimes it comes back just in time.
        self.zombies.append((worker, time.monotonic() + SESSION_SECONDS * self.chance.uniform(0.8, 2.5)))

    def wake_those_due(self, now=None):
        now = now or time.monotonic()
        for zombie in [one for one in self.zombies if one[1] <= now]:
            self.zombies.remove(zombie)
            zombie[0].program.signal(signal.SIGCONT)
            self.awake.append(zombie[0])

    def calm(self):
        while self.zombies:
            self.wake_those_due()
            time.sleep(0.1)
        for worker in self.gone:
            expect_equal(worker.program.wait(60), 0, "exit code of a worker that left")

    def losses(self):
        """How often a worker heard that its partitions were given away without it."""
        lines = [line for worker in self.awake + self.gone for line in worker.program.errors().splitlines() if '"revoked"' in line]
        return sum(json.loads(line)["lost"] for line in lines)


def each_once_in_a_storm_of_rebalances(stage, broker):
    chance = drawn()
    ledger = Ledger(stage, broker, "storm", latency="150ms", commit_interval="100ms")
    watch = OffsetWatch(broker.bootstrap, ledger.name, ledger.name, PARTITIONS)
    stage.at_end(watch.stop)
    storm = Storm(ledger, chance)
    for number in range(ROUNDS):
        ledger.load(EACH)
        storm.round()
        if number + 1 < ROUNDS:
            time.sleep(chance.uniform(0.2, 3.0))
    storm.calm()
    ledger.load(EACH)
    ledger.all_done(storm.awake, 180)
    end(storm.awake)
    watch.stop()
    print(f"  {ROUNDS} rounds {dict(storm.done)}, {storm.losses()} times partitions were lost: {ledger.expect_each_once()}; "
          f"{watch.samples} samples of the committed offsets, {len(watch.back)} went back", file=sys.stderr)
    expect(not watch.back, f"committed offsets went back (partition, from, to): {watch.back[:5]}")
    expect_equal(sum(watch.seen.values()), ledger.loaded, "the last offsets that were seen")
    expect(watch.samples >= ROUNDS, f"only {watch.samples} samples")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([each_once_in_a_storm_of_rebalances]))
