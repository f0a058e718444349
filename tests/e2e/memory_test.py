"""Memory stays within the formula of docs/memory.md, whatever stalls and whatever the input unpacks to: a real broker, a model that
never answers or an output that takes nothing, and inputs that ask for the most.

Compared is what a worker's resident memory grew by, at its peak, from before there was anything to read. AddressSanitizer keeps an
eighth more beside what is used, and rounds blocks up by as much on average; where the programs are built with it a factor allows for that.
"""

import json
import pathlib
import signal
import sys

from broker import perform_on_one_broker
from parts import PRELABEL, Skip, Worker, expect, wait_until

MIB = 1 << 20
PARTITIONS = 4
QUEUE, QUEUED_RECORDS = MIB, 250  # queued.max.messages.kbytes, queued.min.messages
RECORD = 1_024  # what the client keeps beside a record's bytes
FIXED = 24 * MIB  # answers remembered, and what code and libraries take when they are first used
PER_DOCUMENT = 16 * 1024  # prompt, buffers of its call, bookkeeping
GROUPS = iter(range(1_000))


def sanitizer():
    words = pathlib.Path(PRELABEL).read_bytes()
    if b"__tsan_init" in words:
        raise Skip("under ThreadSanitizer memory is a multiple of what the program asks for")
    return b"__asan_init" in words


def bound(memory, documents, batch, document, beside_value=0, partitions=PARTITIONS):
    """By docs/memory.md: `memory` is input.max_bytes_in_memory, `documents` how many that holds, `batch` the largest batch, unpacked,
    `document` the largest record, of which key and headers are `beside_value`."""
    queues = partitions * (QUEUE + QUEUED_RECORDS * (RECORD + beside_value) + 2 * batch)
    return FIXED + queues + 3 * (memory + document) + documents * PER_DOCUMENT


class Watched:
    """A worker whose memory is watched. It has all partitions, and there is nothing to read yet."""

    def __init__(self, stage, broker, base_url, topic, memory, output="memory.out", partitions=PARTITIONS, delivery="at_least_once", **input_settings):
        # Freed blocks go back at once, so that the sanitizer's own hoard is not measured.
        options = "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_release_to_os_interval_ms=0:detect_leaks=0"
        self.factor = 1.25 if sanitizer() else 1.0
        kafka = {"brokers": broker.bootstrap, "topic": topic, "group": f"memory-{next(GROUPS)}"}
        config = stage.config(
            "watched.yaml",
            input={"kafka": kafka, "max_bytes_in_memory": memory, "drain_timeout": "0s", **input_settings},
            llm={"base_url": base_url, "model": "sim", "limits": {"max_in_flight": 512}, "timeout": {"total": "10m"}},
            output={"delivery": delivery, "kafka": {"topic": output, "dead_letter_topic": "memory.dead"}})
        self.worker = Worker(stage, config, ASAN_OPTIONS=options)
        wait_until(lambda: len(self.worker.status()["assignment"]) == partitions, 60, "the worker has all partitions")
        self.idle = self._memory("VmRSS")

    def _memory(self, what):
        lines = pathlib.Path(f"/proc/{self.worker.program.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what + ":"))

    def loaded(self, load):
        """All is there before it reads on: a fetch may bring as much as it ever does."""
        self.worker.program.signal(signal.SIGSTOP)
        try:
            load()
        finally:
            self.worker.program.signal(signal.SIGCONT)

    def settled(self, in_flight):
        """About that many documents are under way and stay so, and memory has stopped growing."""
        def full():
            return self.worker.status()["documents"]["in_flight"] >= 0.9 * in_flight

        wait_until(full, 40, f"{in_flight} documents are under way")
        peaks = [0]

        def stands():
            peaks.append(self._memory("VmHWM"))
            return len(peaks) > 20 and peaks[-1] == peaks[-20]

        wait_until(stands, 30, "memory stops growing")
        expect(full(), f"{in_flight} documents are no longer under way: nothing stalled")

    def expect_within(self, limit, what):
        grown = self._memory("VmHWM") - self.idle
        print(f"  {what}: {grown / MIB:.0f} MiB of {limit / MIB:.0f} (idle {self.idle / MIB:.0f}, factor {self.factor})", file=sys.stderr)
        expect(grown <= limit * self.factor, f"{what}: memory grew by {grown / MIB:.0f} MiB; the bound is {limit / MIB:.0f} MiB × {self.factor}")


def document(number, size):
    text = f"#{number} Ada Lovelace met Charles Babbage in London. "
    return json.dumps({"id": str(number), "text": (text + "then nothing happened for a long while. " * (size // 40))[:size]}).encode()


def batches_that_unpack_to_a_hundredfold(stage, broker):
    memory, batch = 16 * MIB, 20 * MIB
    broker.create(f"compressed:{PARTITIONS}")
    watched = Watched(stage, broker, stage.llm_sim("--fault", "hang=1").base_url, "compressed", memory)
    line = stage.write("compressible", document(0, MIB - 100))
    watched.loaded(lambda: broker.load("compressed", 800, line, compression_type="zstd", batch_size=batch, linger_ms=500,
                                       buffer_memory=400 * MIB, max_request_size=100 * MIB))
    watched.settled(memory // MIB)
    watched.expect_within(bound(memory, 16, batch, MIB), "compressed batches, no answers")


def documents_of_five_mebibytes(stage, broker):
    memory, size = 96 * MIB, 5 * MIB
    broker.create_with("large", PARTITIONS, max_message_bytes=8 * MIB)
    watched = Watched(stage, broker, stage.llm_sim("--fault", "hang=1").base_url, "large", memory, max_document_bytes="6MiB")
    lines = [document(number, size) + b"\n" for number in range(40)]
    watched.loaded(lambda: broker.write("large", lines, max_request_size=8 * MIB))
    watched.settled(memory // size)
    watched.expect_within(bound(memory, 20, size, size), "documents of 5 MiB, no answers")


def headers_larger_than_their_documents(stage, broker):
    memory, size = 16 * MIB, 150_000
    broker.create("headers:1")
    watched = Watched(stage, broker, stage.llm_sim("--fault", "hang=1").base_url, "headers", memory, partitions=1)
    lines = [b"trace:" + b"h" * size + b"\t" + document(number, 100) + b"\n" for number in range(1_200)]
    watched.loaded(lambda: broker.write("headers", lines, "--reader-property", "parse.headers=true"))
    watched.settled(memory // size)
    watched.expect_within(bound(memory, 120, MIB, size, size, partitions=1), "headers of 150 kB, no answers")


def an_output_that_takes_nothing(stage, broker, delivery="at_least_once"):
    memory, size, topic = 32 * MIB, 48_000, f"stalled-{delivery}"
    broker.create(f"{topic}:{PARTITIONS}")
    broker.take_from_producers(1 << 40)
    watched = Watched(stage, broker, stage.llm_sim().base_url, topic, memory, delivery=delivery)
    lines = [document(number, size) + b"\n" for number in range(2_000)]

    def load():
        broker.write(topic, lines, batch_size=MIB, linger_ms=100)
        broker.take_from_producers(1)

    watched.loaded(load)
    watched.settled(memory // size)
    watched.expect_within(bound(memory, memory // size, 2 * MIB, size), f"answers, and no output {delivery}")


def an_output_that_takes_no_transaction(stage, broker):
    an_output_that_takes_nothing(stage, broker, "exactly_once")


if __name__ == "__main__":
    sys.exit(perform_on_one_broker([batches_that_unpack_to_a_hundredfold, documents_of_five_mebibytes, headers_larger_than_their_documents,
                                    an_output_that_takes_nothing, an_output_that_takes_no_transaction]))
