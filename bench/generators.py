#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Compares echo-load with a load generator that does nothing it could do
without: bench/pingpong, which is bare epoll, compares every byte as well, and
shares no code with it.  Both drive bench/epoll-echo from one processor, by
turns.  Then says how late echo-load sends at half of the rate that it
reaches."""

import argparse
import json
import os
import statistics
import subprocess
import sys

from comparison import cases, report, rounds

# The default is where the program is: next to the build's programs.
BUILD = os.environ.get("top_builddir", ".")
# Seconds of a run before it is measured.
WARM_UP = 0.1


def numbers(text):
    values = [int(word) for word in text.split(",") if word.strip()]
    if any(value < 1 for value in values):
        raise ValueError(text)
    return values


def parse_options():
    several = (os.cpu_count() or 1) > 1
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--connections", type=numbers, default=[50], metavar="N,...",
        help="compare with so many (default 50)")
    add("--size", type=cases.parse_size, default=64, metavar="BYTES",
        help="of a message (default 64)")
    add("--rounds", type=int, default=9, metavar="N",
        help="turns of each (default 9)")
    add("--seconds", type=float, default=0.5, metavar="S",
        help="of a turn (default 0.5)")
    add("--lag-connections", type=numbers, default=[1000, 15000],
        metavar="N,...", help="measure the lag with so many (default "
        "1000,15000); '' does not")
    add("--lag-seconds", type=float, default=5, metavar="S",
        help="of that (default 5)")
    add("--server-cpu", type=int, default=0 if several else -1, metavar="N",
        help="the processor of the server (default 0); -1 is any")
    add("--generator-cpu", type=int, default=1 if several else -1,
        metavar="N", help="that of the generators (default 1); -1 is any")
    add("--build", default=BUILD, metavar="DIR",
        help="where the programs were built (default: here)")
    add("options", nargs="*", metavar="OPTION", help="more options of "
        "echo-load, behind --, such as --no-verify")
    return parser.parse_args()


def pinned(cpu):
    return (lambda: os.sched_setaffinity(0, {cpu})) if cpu >= 0 else None


class Server:
    """bench/epoll-echo, on its processor."""

    def __init__(self, options):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [os.path.join(options.build, "bench/epoll-echo")],
            stdout=subprocess.PIPE, text=True,
            preexec_fn=pinned(options.server_cpu))

    def __enter__(self):
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise rounds.Failed("bench/epoll-echo did not start")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def echo_load(options, server, *arguments):
    """The report of a run."""
    done = subprocess.run(
        [os.path.join(options.build, "src/load/echo-load"), "--json",
         "--size", str(options.size), *map(str, arguments), *options.options,
         server.address],
        preexec_fn=pinned(options.generator_cpu), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise rounds.Failed(done.stderr.strip() or "echo-load failed")
    return json.loads(done.stdout)["runs"][0]


def turn_of_echo_load(options, server, connections):
    run = echo_load(options, server, "--connections", connections,
                    "--duration", WARM_UP + options.seconds, "--warm-up",
                    WARM_UP)
    return {"messages": run["counters"]["messages_received"],
            "seconds": run["measured"], "cpu": run["cpu"]}


def turn_of_epoll(options, server, connections):
    """pingpong takes a server that is there already for a command that says
    where it listens."""
    figures, = rounds.run(
        options.build, "pingpong", "--rounds", "1", "--size",
        str(options.size), "--connections", str(connections), "--duration",
        str(options.seconds), "--turn", str(options.seconds),
        "--server-cpu", "-1", "--generator-cpu", str(options.generator_cpu),
        f"sh -c 'echo {server.address}; exec sleep 3600'")
    return {"messages": figures["messages"], "seconds": figures["seconds"],
            "cpu": figures["generator_cpu"]}


TURNS = {"bare epoll": turn_of_epoll, "echo-load": turn_of_echo_load}


def take_turn(turn, options, server, connections):
    figures = turn(options, server, connections)
    return {"rate": figures["messages"] / figures["seconds"],
            "per_cpu": figures["messages"] / figures["cpu"],
            "load": figures["cpu"] / figures["seconds"]}


def compare(options, connections):
    """All turns of each generator."""
    turns = {name: [] for name in TURNS}
    with Server(options) as server:
        for number in range(options.rounds):
            # Neither is always the first.
            names = list(TURNS) if number % 2 == 0 else list(TURNS)[::-1]
            for name in names:
                turns[name].append(
                    take_turn(TURNS[name], options, server, connections))
    return turns


def ratios(turns, floor, key):
    """The median, the least and the greatest."""
    values = [own[key] / bare[key] for own, bare in zip(turns, floor)]
    return f"{statistics.median(values):.3f}", \
        f"{min(values):.3f} to {max(values):.3f}"


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def compare_all(options):
    for connections in options.connections:
        case = cases.messages(options.size, connections)
        print(f"\n{case.title}, {options.rounds} turns of "
              f"{options.seconds:g} s\n")
        row(["", "messages/s", "ratio", "range",
             "messages per own CPU s", "ratio", "range",
             "own CPU"])
        row(["---"] + ["---:"] * 7)
        turns = compare(options, connections)
        for name, each in turns.items():
            middle = {key: statistics.median(turn[key] for turn in each)
                      for key in each[0]}
            floor = turns["bare epoll"]
            row([name, report.count(middle["rate"]),
                 *ratios(each, floor, "rate"),
                 report.count(middle["per_cpu"]),
                 *ratios(each, floor, "per_cpu"),
                 f"{middle['load']:.0%}"])


def percentiles(time):
    """Microseconds by per cent."""
    return {each["percent"]: each["value_ns"] / 1e3
            for each in time["percentiles"]} | {100: time["max_ns"] / 1e3}


def measure_lag(options, connections):
    with Server(options) as server:
        peak = turn_of_echo_load(options, server, connections)
        rate = int(peak["messages"] / peak["seconds"] / 2)
        run = echo_load(options, server, "--connections", connections,
                        "--rate", rate, "--arrivals", "poisson",
                        "--duration", options.lag_seconds)
    lag, response = (percentiles(run["times"][name])
                     for name in ("lag", "response"))
    verdict = run["verdict"]
    row([f"{connections:,}", f"{rate:,}",
         report.count(run["counters"]["messages_sent"] / run["measured"]),
         *(report.microseconds(lag[key]) for key in (50, 99, 99.9, 100)),
         *(report.microseconds(response[key]) for key in (50, 99)),
         "; ".join(reason["kind"] for reason in verdict["reasons"]) or
         "VALID"])


def measure_lags(options):
    if not options.lag_connections:
        return
    print(f"\nLag of the schedule at half of the peak rate, Poisson, "
          f"{options.lag_seconds:g} s\n")
    row(["connections", "due/s", "sent/s", "lag p50 us", "p99", "p99.9",
         "max", "response p50 us", "p99", "verdict"])
    row(["---:"] * 9 + ["---"])
    for connections in options.lag_connections:
        measure_lag(options, connections)


def main():
    options = parse_options()
    try:
        compare_all(options)
        measure_lags(options)
    except rounds.Failed as failure:
        sys.exit(f"generators.py: {failure}")
    except KeyboardInterrupt:
        sys.exit("generators.py: interrupted")


if __name__ == "__main__":
    main()
