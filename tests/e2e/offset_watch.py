"""Asks a broker five times a second what a group has committed, and sees whether an offset ever goes back.

It speaks the protocol itself (OffsetFetch, version 2): Kafka's own tool starts for seconds and would see little.
"""

import contextlib
import socket
import struct
import threading

PERIOD_SECONDS = 0.2
OFFSET_FETCH = 9


def _string(text):
    return struct.pack(">h", len(text)) + text.encode()


def fetch_committed(stream, group, topic, partitions):
    """Offset by partition, of those for which something is committed."""
    body = _string(group) + struct.pack(">i", 1) + _string(topic) + struct.pack(f">{partitions + 1}i", partitions, *range(partitions))
    request = struct.pack(">hhi", OFFSET_FETCH, 2, 1) + _string("offset-watch") + body
    stream.write(struct.pack(">i", len(request)) + request)
    stream.flush()

    def take(form):
        return struct.unpack(">" + form, stream.read(struct.calcsize(">" + form)))

    take("ii")  # length, correlation id
    offsets = {}
    for _ in range(take("i")[0]):
        stream.read(take("h")[0])  # the topic
        for _ in range(take("i")[0]):
            partition, offset, metadata = take("iqh")
            stream.read(max(0, metadata))
            if take("h")[0] == 0 and offset >= 0:
                offsets[partition] = offset
    take("h")
    return offsets


class OffsetWatch:
    """From its making until `stop`."""

    def __init__(self, bootstrap, group, topic, partitions):
        host, port = bootstrap.rsplit(":", 1)
        self._ask = (host, int(port)), group, topic, partitions
        self.seen, self.samples, self.back = {}, 0, []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._ended.set()
        self._thread.join()

    def _run(self):
        address, *what = self._ask
        while not self._ended.is_set():
            with contextlib.suppress(OSError, struct.error), socket.create_connection(address, 5) as connection, connection.makefile("rwb") as stream:
                while not self._ended.wait(PERIOD_SECONDS):
                    self._compare(fetch_committed(stream, *what))
            self._ended.wait(PERIOD_SECONDS)

    def _compare(self, offsets):
        self.samples += 1
        for partition, offset in offsets.items():
            if offset < self.seen.get(partition, 0):
                self.back.append((partition, self.seen[partition], offset))
            self.seen[partition] = offset
