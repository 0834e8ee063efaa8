# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Figures that are counted, and so the same on a busy machine: system calls,
allocations and instructions a message; and where the time goes.

What a server does once, when it starts and ends, is taken out by the
difference between a short run and a long one."""

import os
import re
import shutil
import subprocess
import tempfile

from . import rounds

LONGER = 3
# Connections at a time, where it is not one.
MANY = 50
# Of a message: less is what a start does once more or less.
LEAST = 0.005
# Where the time goes: of these, in so many lines at the most.
PERF_PEERS = ("epoll", "echod")
PERF_LINES = 20


def send(options, server, messages, wrapper="", *more):
    """Has a server echo so many messages, and as many before to warm it up."""
    return rounds.run(options.build, "pingpong", "--rounds", "1",
                      "--turn", "300s", "--duration", "300s",
                      "--messages", str(messages), *rounds.cpus(options),
                      *more, server.line(wrapper))[0]


def read_strace(path):
    """System calls by kind."""
    calls = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = re.match(r" *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$",
                           line)
            if row and row[2] != "total":
                calls[row[2]] = int(row[1])
    return calls


def read_callgrind(path):
    with open(path, encoding="utf-8") as file:
        collected = re.search(r"Collected *: *(\d+)", file.read())
    if collected is None:
        raise rounds.Failed("nothing was counted")
    return {"instructions": int(collected[1])}


def difference(options, server, wrapper, read, connections=1):
    """Counts a message, by name, of what a wrapper writes to a file."""
    counts = []
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        for messages in (options.messages, LONGER * options.messages):
            path = os.path.join(folder, f"{messages}")
            send(options, server, messages, wrapper.format(path=path),
                 "--connections", str(connections))
            counts.append(read(path))
    # The messages that warm it up are as many again.
    more = 2 * (LONGER - 1) * options.messages
    each = {name: (count - counts[0].get(name, 0)) / more
            for name, count in counts[1].items()}
    return {name: count for name, count in each.items() if count > LEAST}


def count_calls(options, server):
    if shutil.which("strace") is None:
        return None
    return difference(options, server, "strace -f -c -o {path}", read_strace)


def count_instructions(options, server, connections=1):
    if shutil.which("valgrind") is None or not server.peer.counted:
        return None
    try:
        return difference(
            options, server, "valgrind --tool=callgrind "
            "--callgrind-out-file=/dev/null --log-file={path}",
            read_callgrind, connections)["instructions"]
    except rounds.Failed:
        # Its messages are about its own output, and long.
        raise rounds.Failed("callgrind could not run it") from None


def count_many_instructions(options, server):
    """Where events come in batches, whose sizes differ from run to run."""
    return count_instructions(options, server, MANY)


def count_allocations(options, server):
    """Calls to the allocator, while nothing begins or ends."""
    library = os.path.join(options.build, "bench/malloc-count.so")
    if not os.path.exists(library) or not server.peer.counted:
        return None
    record = send(options, server, options.messages, "",
                  "--connections", "1", "--count-allocations",
                  os.path.abspath(library))
    return record["allocations"] / record["messages"]


def measure(options, servers):
    """The rows of the table; None is what can't be counted."""
    rows = []
    for server in servers:
        row = {"peer": server.peer.name, "notes": []}
        for name, count in (("system_calls", count_calls),
                            ("allocations", count_allocations),
                            ("instructions", count_instructions),
                            ("instructions_many", count_many_instructions)):
            try:
                row[name] = count(options, server)
            except rounds.Failed as failure:
                row[name] = None
                if str(failure) not in row["notes"]:
                    row["notes"].append(str(failure))
        rows.append(row)
    return rows


def where_time_goes(options, server):
    """Shares of a server's time by function, with perf; or why not."""
    if shutil.which("perf") is None:
        return "perf is not installed; on Debian: apt install linux-perf"
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        path = os.path.join(folder, "perf.data")
        try:
            rounds.run(options.build, "pingpong", "--rounds", "1",
                       "--duration", f"{options.seconds}s",
                       *rounds.cpus(options), server.line(
                           f"perf record -q -F 4999 -e cpu-clock -o {path}"))
        except rounds.Failed as failure:
            return str(failure)
        done = subprocess.run(
            ["perf", "report", "-i", path, "--stdio", "--no-children",
             "-F", "overhead,dso,symbol", "-t", "\t"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            check=False)
    found = [re.match(r" *([\d.]+)% *\t(.*?) *\t\[(.)\] (.*?) *$", line)
             for line in done.stdout.splitlines()]
    table = [{"percent": float(row[1]), "object": row[2],
              "kernel": row[3] == "k", "function": row[4]}
             for row in found if row]
    if not table:
        return "perf recorded nothing"
    return {"user_percent": sum(row["percent"] for row in table
                                if not row["kernel"]),
            "functions": table[:PERF_LINES]}


def perf(options, servers):
    """The tables by peer."""
    return {server.peer.name: where_time_goes(options, server)
            for server in servers if server.peer.name in PERF_PEERS}
