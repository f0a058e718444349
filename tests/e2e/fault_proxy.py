"""A proxy between Kafka clients and a broker that does what networks do, drawn from a seed: it cuts connections, holds bytes back in one
direction, and loses or delays requests and replies of chosen kinds.

The broker advertises the proxy's port (kafka.sh start --advertise), so that clients come back to it for everything. It is passive
until `faults` are set. One thread runs it.

    client ──▶ request ─ held back? ─▶ broker         Kafka frames: length (4), then api key (2), version (2), correlation id (4)
           ◀─ held back, silent, cut? ─ reply ◀──                   length (4), then correlation id (4)
"""

import asyncio
import collections
import contextlib
import dataclasses
import random
import struct
import threading

PRODUCE, ADD_OFFSETS_TO_TXN, END_TXN, TXN_OFFSET_COMMIT = 0, 25, 26, 28
NAMES = {PRODUCE: "Produce", ADD_OFFSETS_TO_TXN: "AddOffsetsToTxn", END_TXN: "EndTxn", TXN_OFFSET_COMMIT: "TxnOffsetCommit"}
DELAY_SECONDS = (0.05, 3.0)

# What may happen to a request and its reply.
DELAYED = "delayed"  # the reply, and all behind it
SILENT = "silent"  # the broker has done it; neither this reply nor another one arrives on this connection
CUT = "cut"  # the broker has done it; the connection is cut instead of the reply
LATE = "late"  # the request arrives late, if need be after its client has gone away


@dataclasses.dataclass
class Faults:
    cut_seconds: float = 0  # between two cuts of one of all connections, on average; 0: none
    hold: float = 0  # share of frames before which a direction of a connection is held back
    calls: dict = dataclasses.field(default_factory=dict)  # api key → {what happens: share of the calls}
    seconds: dict = dataclasses.field(default_factory=dict)  # DELAYED or LATE → from and to; DELAY_SECONDS unless given

    def delay(self, fate, chance):
        return chance.uniform(*self.seconds.get(fate, DELAY_SECONDS))


class Link:
    """One client's connection, and ours to the broker for it."""

    def __init__(self, client, broker):
        self.client, self.broker = client, broker  # (reader, writer) each
        self.calls = {}  # correlation id → (api key, what happens to the reply)
        self.silent = False

    def cut(self):
        for _, writer in (self.client, self.broker):
            writer.transport.abort()


class FaultProxy:
    def __init__(self, seed):
        self.faults = Faults()
        self.happened = collections.Counter()  # such as "EndTxn cut"
        self._chance = random.Random(seed)
        self._links = set()
        self._to = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.port = self._call(self._listen())

    def forward_to(self, port):
        self._to = port

    def set(self, faults, seed=None):
        """From now on; with a seed the draws begin anew. None: passive, and what is silent is cut."""
        async def change():
            self.faults = faults or Faults()
            if seed is not None:
                self._chance.seed(seed)
            for link in [link for link in self._links if link.silent and not faults]:
                link.cut()

        self._call(change())

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _listen(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._cutting = asyncio.ensure_future(self._cut_now_and_then())
        return server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        try:
            link = Link((reader, writer), await asyncio.open_connection("127.0.0.1", self._to))
        except OSError:  # the broker is down
            return writer.transport.abort()
        self._links.add(link)
        replies = asyncio.ensure_future(self._pump(link, link.broker[0], writer, self._reply))
        # What the client has sent arrives, also if it does not wait for it any longer.
        await self._pump(link, reader, link.broker[1], self._request)
        with contextlib.suppress(OSError):
            link.broker[1].close()
        await replies
        self._links.discard(link)
        link.cut()

    async def _pump(self, link, reader, writer, decide):
        """Frames from one to the other, until there are no more; what cannot be delivered is dropped."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, OSError):
            while True:
                length = await reader.readexactly(4)
                frame = await reader.readexactly(struct.unpack(">i", length)[0])
                if self.faults.hold and self._chance.random() < self.faults.hold:
                    self.happened["held back"] += 1
                    await asyncio.sleep(self._chance.uniform(*DELAY_SECONDS))
                if await decide(link, frame) and not writer.transport.is_closing():
                    writer.write(length + frame)
                    await writer.drain()
        if decide == self._reply:  # the broker has closed
            link.cut()

    async def _request(self, link, frame):
        key, _, correlation = struct.unpack_from(">hhi", frame)
        fate = self._draw(key)
        if fate == LATE:
            self._count(key, fate)
            await asyncio.sleep(self.faults.delay(fate, self._chance))
        link.calls[correlation] = (key, fate)
        return True

    async def _reply(self, link, frame):
        key, fate = link.calls.pop(struct.unpack_from(">i", frame)[0], (None, None))
        if fate in (DELAYED, SILENT, CUT):
            self._count(key, fate)
        if fate == DELAYED:
            await asyncio.sleep(self.faults.delay(fate, self._chance))
        if fate == SILENT:
            link.silent = True
        if fate == CUT:
            link.cut()
        return not link.silent and fate != CUT

    def _draw(self, key):
        for fate, share in self.faults.calls.get(key, {}).items():
            if self._chance.random() < share:
                return fate
        return None

    def _count(self, key, fate):
        self.happened[f"{NAMES.get(key, key)} {fate}"] += 1

    async def _cut_now_and_then(self):
        while True:
            seconds = self.faults.cut_seconds
            await asyncio.sleep(self._chance.expovariate(1 / seconds) if seconds else 0.1)
            if seconds and self.faults.cut_seconds and self._links:
                self.happened["connections cut"] += 1
                self._chance.choice(list(self._links)).cut()
