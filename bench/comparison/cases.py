# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What is measured, a row each."""

import dataclasses

UNITS = {"B": 1, "K": 1024, "M": 1024 ** 2, "G": 1024 ** 3}


@dataclasses.dataclass(frozen=True)
class Case:
    """A kind of load, which pingpong is told by its options; its kind says
    which columns its table has."""
    name: str
    title: str
    kind: str = "messages"
    connections: int = 50
    size: int = 64
    options: tuple = ()
    # One message a turn: so many turns.
    turns: int = 0
    # The servers have one processor, or all but the generator's.
    one_cpu: bool = True
    # The only peers, if not all.
    peers: tuple = ()
    # The servers are those that speak TLS.
    tls: bool = False


def size_text(size):
    for unit in "GMK":
        if size >= UNITS[unit] and size % UNITS[unit] == 0:
            return f"{size // UNITS[unit]} {unit}iB"
    return f"{size} B"


def parse_size(text):
    """Reads "64", "64B", "16K" and the like."""
    text = text.strip().upper()
    if text[-1:] in UNITS:
        return int(text[:-1]) * UNITS[text[-1]]
    return int(text)


def messages(size, connections, tls=False):
    many = "connection" if connections == 1 else "connections"
    name = f"{size_text(size)}-{connections}".replace(" ", "")
    title = f"{size_text(size)}, {connections:,} {many}"
    return Case("tls-" + name if tls else name,
                "TLS: " + title if tls else title,
                connections=connections, size=size, tls=tls)


CASES = (
    # Before the others, since sockets that wait to end count as well.
    Case("idle", "Idle connections", kind="idle", connections=15000),
    Case("tls-idle", "TLS: idle connections", kind="idle", connections=2000,
         tls=True),
    messages(64, 1),
    messages(64, 50),
    messages(64, 1000),
    messages(1024, 50),
    messages(16384, 50),
    messages(65536, 50),
    Case("pipelined", "64 B, 50 connections, 16 messages under way on each",
         options=("--depth", "16")),
    Case("stream", "Streaming over one connection", kind="stream",
         connections=1, size=UNITS["G"], turns=16),
    Case("churn", "Connect, echo 64 B, close; 50 at a time",
         kind="connections", options=("--churn",)),
    Case("latency", "64 B, 50 connections, at half of each one's peak rate",
         kind="latency", options=("--percent-of-peak", "50")),
    Case("workers", "64 B, 50 connections, one worker and two, on every "
         "processor but the generator's", one_cpu=False,
         peers=("epoll", "echod", "echod-2")),
    messages(64, 50, tls=True),
    messages(16384, 50, tls=True),
    Case("tls-handshakes", "TLS: connect, full handshake, echo 64 B, close; "
         "50 at a time", kind="connections", options=("--churn",), tls=True),
    Case("tls-resumed", "TLS: connect, resumed handshake, echo 64 B, close; "
         "50 at a time",
         kind="connections", options=("--churn", "--resume"), tls=True),
    Case("exact", "Counted: 64 B, one connection", kind="exact",
         connections=1),
)
NAMES = tuple(case.name for case in CASES)


def choose(options):
    """The cases that the options ask for."""
    chosen = [messages(size, connections)
              for size in options.size or [64]
              for connections in options.connections or [50]
              ] if options.size or options.connections else []
    if options.cases is not None or not chosen:
        wanted = NAMES if options.cases is None else options.cases
        chosen += [case for case in CASES if case.name in wanted]
    changes = {"idle": {"connections": options.idle_connections},
               "tls-idle": {"connections": options.tls_idle_connections},
               "stream": {"size": options.stream_size}}
    return [dataclasses.replace(case, **changes.get(case.name, {}))
            for case in chosen]
