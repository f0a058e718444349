"""Exactly once on a real broker: whatever is killed, paused or restarted, a reader of what is committed sees each input's outcome once.

CI kills a worker five times; PRELABEL_KILLS=300 tests/e2e/exactly_once_test.py whoever_is_killed takes its time. With
PRELABEL_DELIVERY=at_least_once it must fail: documents are there twice.
"""

import os
import signal
import sys
import time

from broker import owned, perform_on_one_broker
from ledger import EACH, IN_FLIGHT, PARTITIONS, Ledger, drawn, end
from parts import expect, expect_equal, wait_until

NAMES = ("worker-0", "worker-1", "worker-2")
KILLS = int(os.environ.get("PRELABEL_KILLS", "5"))
LATENCY = "200ms"  # so that a kill meets documents in flight


def each_document_has_one_outcome_and_its_transaction(stage, broker):
    ledger = Ledger(stage, broker, "plain")
    checked = stage.prelabel("check", "-c", ledger.config, "--online").expect_code(0).out
    expect("transactions can be used as plain.…" in checked, checked)
    ledger.load(EACH)
    worker = ledger.worker()
    ledger.all_done([worker])
    expect(worker.metric('prelabel_transactions_total{outcome="committed"}') >= 1, "no transaction was counted")
    expect_equal(worker.metric('prelabel_transactions_total{outcome="aborted"}'), 0, "transactions aborted")
    expect(worker.metric("prelabel_transaction_duration_seconds_count") >= 1, "no transaction was measured")
    end([worker])
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def at_work(worker, seconds):
    """Whether it has documents in flight within this time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if worker.status()["documents"]["in_flight"]:
            return True
        time.sleep(0.05)
    return False


def kill_again_and_again(ledger, *options):
    """SIGKILL to one of three workers at a random moment of its work; one with its name follows. Gives those that are left."""
    chance = drawn()
    workers = {name: ledger.worker(*options, name=name) for name in NAMES}
    # What is in flight when the others come is bought again by whoever gets its partition.
    wait_until(lambda: all(len(owned(worker)) == PARTITIONS // len(NAMES) for worker in workers.values()), 60, "each has its share")
    for _ in range(KILLS):
        victim = chance.choice(NAMES)
        ledger.load(EACH)
        while not at_work(workers[victim], 10):
            ledger.load(EACH)
        time.sleep(chance.uniform(0.0, 0.4))
        workers[victim].program.process.kill()
        workers[victim].program.wait()
        workers[victim] = ledger.worker(*options, name=victim)
    ledger.all_done(workers.values(), 180)
    return list(workers.values())


def say_kills(ledger):
    again = ledger.paid_again()
    print(f"  {KILLS} kills: {ledger.expect_each_once()}; {again} answers paid twice, {again / KILLS:.1f} a kill", file=sys.stderr)


def whoever_is_killed(stage, broker):
    ledger = Ledger(stage, broker, "killed", latency=LATENCY, commit_interval="20ms")  # and often an open transaction
    end(kill_again_and_again(ledger))
    say_kills(ledger)


def whoever_is_killed_has_paid_once_with_a_journal(stage, broker):
    """Each worker has a name, by which its partitions, its transactions and its journal are its own again after a kill."""
    member = {"group.instance.id": "${INSTANCE}", "session.timeout.ms": "30000"}  # nobody else has its partitions meanwhile
    ledger = Ledger(stage, broker, "journaled", journal=True, reader=member, latency=LATENCY, commit_interval="2s")  # much is answered and not committed
    workers = kill_again_and_again(ledger, "--set", "output.kafka.instance=${INSTANCE}")
    kept = sum(worker.metric("prelabel_journal_answers") for worker in workers)
    end(workers)
    say_kills(ledger)
    # Whatever was answered is in one journal, and was not bought again; what was under way at a kill was.
    expect_equal(kept, ledger.sim.stats()["paid_by_document"]["documents"], "answers in all journals")
    expect(ledger.paid_again() <= KILLS * IN_FLIGHT, f"{ledger.paid_again()} answers were paid twice, and at most {IN_FLIGHT} were under way at a kill")


def a_zombie_commits_nothing(stage, broker):
    ledger = Ledger(stage, broker, "zombie")
    workers = [ledger.worker() for _ in range(2)]
    wait_until(lambda: all(owned(worker) for worker in workers), 60, "both have partitions")
    zombie, heir = workers
    for pause in (0.2, 0.7):
        before = zombie.finished()
        ledger.load(EACH)
        wait_until(lambda: zombie.finished() > before, 30, "it is at work")
        time.sleep(pause)
        zombie.program.signal(signal.SIGSTOP)
        wait_until(lambda: len(owned(heir)) == PARTITIONS, 60, "the other has all partitions")
        wait_until(lambda: heir.status()["documents"]["in_flight"] == 0 and ledger.committed() == ledger.loaded, 90, "and has done all")
        zombie.program.signal(signal.SIGCONT)
        wait_until(lambda: owned(zombie) and owned(heir), 60, "both have partitions again")
    ledger.load(EACH)
    ledger.all_done(workers)
    end(workers)
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def the_broker_is_killed(stage, broker):
    ledger = Ledger(stage, broker, "restarted")
    workers = [ledger.worker() for _ in range(2)]
    wait_until(lambda: all(owned(worker) for worker in workers), 60, "both have partitions")
    for pause in (0.3, 0.9):
        ledger.load(EACH)
        time.sleep(pause)
        broker.kill()
        time.sleep(1)
        broker.call("start", "--dir", broker.folder)
    ledger.all_done(workers, 180)
    end(workers)
    print("  " + ledger.expect_each_once(), file=sys.stderr)


def two_workers_with_one_name(stage, broker):
    ledger = Ledger(stage, broker, "twins")
    ledger.load(EACH)
    options = ("--set", "output.kafka.instance=worker-0")
    first = ledger.worker(*options)
    wait_until(lambda: first.finished() > 0, 60, "the first works")
    second = ledger.worker(*options)
    wait_until(lambda: owned(second), 60, "the second has partitions")
    ledger.load(EACH)
    code = first.program.wait(60)
    expect(code > 0, f"exit code {code} of the worker whose name another one uses")
    expect("give each its own `output.kafka.instance`" in first.program.errors(), f"it does not say why it ends: {first.program.errors()[-2000:]}")
    ledger.all_done([second])
    end([second])
    print("  " + ledger.expect_each_once(), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([each_document_has_one_outcome_and_its_transaction, whoever_is_killed,
                                    whoever_is_killed_has_paid_once_with_a_journal, a_zombie_commits_nothing,
                                    the_broker_is_killed, two_workers_with_one_name]))
