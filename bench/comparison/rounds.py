# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Runs the measuring programs and makes medians of what they print."""

import argparse
import dataclasses
import json
import os
import statistics
import subprocess

PERCENTILES = ("p50", "p90", "p99", "p99.9", "max")
# Seconds of a server's turn; the least that a median can rest on.
TURN = 0.05
# The generator's check: so many rounds at the least, by how much the floor may
# move when there are twice the connections, and how busy it has to be.
CHECK_ROUNDS = 5
FLOOR_MOVES = 0.05
SATURATED = 0.8


class Failed(Exception):
    """A program that measures could not."""


def run(build, program, *arguments):
    """The lines of JSON that it printed, read."""
    done = subprocess.run(
        [os.path.join(build, "bench", program), "--json", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip() or f"{program} failed")
    return [json.loads(line) for line in done.stdout.splitlines()]


def cpus(options, one=True):
    """The options for the processors."""
    return ["--server-cpu", str(options.server_cpu if one else -1),
            "--generator-cpu", str(options.generator_cpu)]


def tls_options(options, tls):
    return ["--tls", options.tls] if tls else []


def on_many_cpus(options):
    """Starts a server on every processor but the generator's, if there is
    another."""
    others = os.sched_getaffinity(0) - {options.generator_cpu}
    if not others:
        return ""
    return "taskset -c " + ",".join(str(cpu) for cpu in sorted(others))


def pingpong(options, case, servers, rounds):
    """One list of records, one a round, for each server."""
    wrapper = "" if case.one_cpu else on_many_cpus(options)
    size, turn, limit = case.size, min(TURN, options.seconds), []
    seconds = options.seconds
    if case.turns:
        size, turn, limit = case.size // case.turns, 0.001, ["--messages", "1"]
        seconds = turn * case.turns
    records = run(
        options.build, "pingpong", "--connections", str(case.connections),
        "--size", str(size), "--rounds", str(rounds),
        "--duration", f"{seconds * 1000:.3f}ms", "--turn",
        f"{turn * 1000:.3f}ms", *cpus(options, case.one_cpu), *limit,
        *tls_options(options, case.tls), *case.options,
        *[server.line(wrapper) for server in servers])
    return [[record for record in records if record["server"] == i]
            for i in range(len(servers))]


def of_all(records, value):
    """The median, the least and the greatest."""
    values = [value(record) for record in records]
    return statistics.median(values), min(values), max(values)


def per_cpu(record):
    return record["messages"] / record["server_cpu"]


def summarise(case, server, records, floor):
    """A row of a case's table: medians over the rounds."""
    size = case.size // case.turns if case.turns else case.size
    ratio, least, most = of_all(
        list(zip(records, floor)),
        lambda pair: per_cpu(pair[0]) / per_cpu(pair[1]))
    row = {
        "peer": server.peer.name,
        "messages_per_second":
            of_all(records, lambda r: r["messages"] / r["seconds"])[0],
        "messages_per_cpu_second": of_all(records, per_cpu)[0],
        "ratio": ratio, "ratio_min": least, "ratio_max": most,
        "latency_us": {name: of_all(
            records, lambda r, i=i: r["latencies"][i] / 1000)[0]
            for i, name in enumerate(PERCENTILES)},
        "resident_bytes": of_all(records, lambda r: r["resident"])[0],
        "server_load":
            of_all(records, lambda r: r["server_cpu"] / r["seconds"])[0],
        "generator_load":
            of_all(records, lambda r: r["generator_cpu"] / r["seconds"])[0],
        "rate_asked": of_all(records, lambda r: r["rate"])[0],
    }
    for name in ("messages_per_second", "messages_per_cpu_second"):
        row[name.replace("messages", "bytes")] = row[name] * size
    row["rounds"] = records
    return row


def measure(options, case, servers):
    """The rows of a case; the first server is the floor."""
    records = pingpong(options, case, servers, options.rounds)
    return [summarise(case, server, each, records[0])
            for server, each in zip(servers, records)]


def measure_idle(options, case, servers):
    """The rows for idle connections, the servers one after the other; once
    each, as memory hardly differs from one time to the next."""
    found = [run(options.build, "idle", "--connections",
                 str(case.connections), "--rest", str(options.idle_rest),
                 *tls_options(options, case.tls), server.line())
             for server in servers]
    return [{"peer": server.peer.name, "rounds": records,
             **{f"{name}_bytes": of_all(records, lambda r, n=name: r[n])[0]
                for name in ("resident", "rested", "page_tables", "slab",
                             "sockets")}}
            for server, records in zip(servers, found)]


def check_generator(options, case, floor):
    """Whether the floor stays where it is with twice the connections.  Both
    take turns in the same rounds, which are as long as they have to be."""
    checked = dataclasses.replace(case, options=("--doubling",))
    length = argparse.Namespace(**{**vars(options),
                                   "seconds": options.check_seconds})
    once, twice = pingpong(length, checked, [floor, floor],
                           max(CHECK_ROUNDS, options.rounds))
    moved, least, most = of_all(
        list(zip(once, twice)),
        lambda pair: per_cpu(pair[1]) / per_cpu(pair[0]) - 1)
    busy = min(of_all(records, lambda r: r["server_cpu"] / r["seconds"])[0]
               for records in (once, twice))
    return {"floor": floor.peer.name, "connections": case.connections,
            "rounds": len(once), "moved": moved, "moved_min": least,
            "moved_max": most, "server_load": busy,
            "saturated": busy >= SATURATED,
            "stands": abs(moved) <= FLOOR_MOVES}


def try_servers(options, servers):
    """The servers that echo at all, and why others don't."""
    working, broken = [], []
    for server in servers:
        try:
            run(options.build, "pingpong", "--rounds", "1", "--turn", "1s",
                "--duration", "1s", "--messages", "2", "--connections", "1",
                *cpus(options), *tls_options(options, server.peer.tls),
                server.line())
            working.append(server)
        except Failed as failure:
            broken.append({"peer": server.peer.name, "reason": str(failure)})
    return working, broken
