"""Exactly once through a bad network: a proxy that works from a seed stands between three workers and a real broker.

CI takes one seed; PRELABEL_SEEDS=20 tests/e2e/exactly_once_proxy_test.py takes its time, and PRELABEL_SEED is the first one. The seed
draws what happens; to whom depends on the moment, so a seed repeats a run nearly and not exactly.
"""

import os
import random
import sys
import time

from broker import perform_on_one_broker
from fault_proxy import ADD_OFFSETS_TO_TXN, CUT, DELAYED, END_TXN, LATE, PRODUCE, SILENT, TXN_OFFSET_COMMIT, Faults, FaultProxy
from ledger import PARTITIONS, Ledger, end
from offset_watch import OffsetWatch
from parts import expect, wait_until

SEEDS = int(os.environ.get("PRELABEL_SEEDS", "1"))
FIRST_SEED = int(os.environ.get("PRELABEL_SEED", "0")) or random.randrange(1 << 30)
WORKERS = 3
EACH = 200  # documents at a time, again and again while there are faults
FAULT_SECONDS = 6
FAULTS_LEAST = 6  # or longer
CALL_SECONDS = 1.5  # the clients' time-out of a call
OUTCOMES = ("committed", "aborted", "indefinite")


def under(faults, stage, broker, name):
    """Each document once with these faults, for each seed with new topics and workers."""
    proxy = broker.proxy
    for seed in range(FIRST_SEED, FIRST_SEED + SEEDS):
        proxy.happened.clear()
        impatient = {"socket.timeout.ms": str(int(1000 * CALL_SECONDS)), "reconnect.backoff.max.ms": "500"}
        ledger = Ledger(stage, broker, f"{name}-{seed}", brokers=f"127.0.0.1:{proxy.port}", reader=impatient, writer=impatient,
                        commit_interval="100ms")
        watch = OffsetWatch(broker.bootstrap, ledger.name, ledger.name, PARTITIONS)
        stage.at_end(watch.stop)
        workers = [ledger.worker() for _ in range(WORKERS)]
        ledger.load(EACH)
        wait_until(lambda: sum(worker.finished() for worker in workers) > 0, 60, "somebody is at work")
        stage.at_end(lambda: proxy.set(None))
        proxy.set(faults, seed)
        begin = time.monotonic()
        while time.monotonic() < begin + FAULT_SECONDS or sum(proxy.happened.values()) < FAULTS_LEAST:
            expect(time.monotonic() < begin + 60, f"the network is too good: {dict(proxy.happened)}")
            ledger.load(EACH)
            time.sleep(0.5)
        proxy.set(None)
        calm = time.monotonic()
        ledger.all_done(workers, 180)
        calm = time.monotonic() - calm
        ended = {outcome: int(sum(worker.metric(f'prelabel_transactions_total{{outcome="{outcome}"}}') for worker in workers)) for outcome in OUTCOMES}
        end(workers)
        watch.stop()
        print(f"  PRELABEL_SEED={seed}: {ledger.expect_each_once()}; {dict(sorted(proxy.happened.items()))}; transactions {ended}; "
              f"done {calm:.0f} s after the last fault", file=sys.stderr, flush=True)
        expect(not watch.back, f"committed offsets went back (partition, from, to): {watch.back[:5]}")


def connections_cut_and_bytes_held_back(stage, broker):
    under(Faults(cut_seconds=0.4, hold=0.01), stage, broker, "cut")


def commits_without_an_answer(stage, broker):
    """The broker has committed, and its reply comes after the client's time-out, or never."""
    faults = {CUT: 0.15, SILENT: 0.1, DELAYED: 0.1}
    under(Faults(calls={END_TXN: faults}, seconds={DELAYED: (CALL_SECONDS, 2 * CALL_SECONDS)}), stage, broker, "unanswered")


def no_step_of_a_transaction_is_spared(stage, broker):
    faults = {CUT: 0.05, SILENT: 0.03, DELAYED: 0.05}
    steps = (PRODUCE, ADD_OFFSETS_TO_TXN, TXN_OFFSET_COMMIT, END_TXN)
    under(Faults(cut_seconds=2, hold=0.002, calls=dict.fromkeys(steps, faults)), stage, broker, "steps")


def a_commit_that_arrives_late(stage, broker):
    """EndTxn is held back until its client has sent another one, and begun the next transaction: it must not end that one."""
    faults = {END_TXN: {LATE: 0.4}, ADD_OFFSETS_TO_TXN: {DELAYED: 0.6}}
    seconds = {LATE: (1.2 * CALL_SECONDS, 2 * CALL_SECONDS), DELAYED: (0.3 * CALL_SECONDS, 0.6 * CALL_SECONDS)}
    under(Faults(calls=faults, seconds=seconds), stage, broker, "late-commit")


def offsets_that_arrive_late(stage, broker):
    """TxnOffsetCommit is held back until a later transaction of its client has sent its own: offsets must not go back."""
    faults = {TXN_OFFSET_COMMIT: {LATE: 0.4}, END_TXN: {DELAYED: 0.6}}
    seconds = {LATE: (1.4 * CALL_SECONDS, 3 * CALL_SECONDS), DELAYED: (0.3 * CALL_SECONDS, 0.6 * CALL_SECONDS)}
    under(Faults(calls=faults, seconds=seconds), stage, broker, "late-offsets")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([connections_cut_and_bytes_held_back, commits_without_an_answer, no_step_of_a_transaction_is_spared,
                                    a_commit_that_arrives_late, offsets_that_arrive_late], proxy=FaultProxy(FIRST_SEED)))
