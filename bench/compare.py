#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Runs echod and its peers in turn under the same loads, and prints how they
compare; writes results.json, results.svg and results.md.  The ratio is of
messages per second of the server's processor time, to that of the bare epoll
server, or of bare OpenSSL on epoll if the case is one of TLS, in the same
round."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

from comparison import cases, exact, peers, picture, report, rounds

SOURCE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = 2
# Options that are written down with the results.
SHOWN = ("rounds", "seconds", "server_cpu", "generator_cpu", "messages",
         "tls")


def words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def chosen_from(names):
    def parse(text):
        for word in words(text):
            if word not in names:
                raise argparse.ArgumentTypeError(
                    f"there is no '{word}'; there are: {', '.join(names)}")
        return words(text)
    return parse


def positive(kind):
    def parse(text):
        try:
            values = [kind(word) for word in words(text)]
        except ValueError:
            values = []
        if not values or min(values) <= 0:
            raise argparse.ArgumentTypeError(
                f"expected what is greater than 0, not '{text}'")
        return values
    return parse


def one(kind):
    def parse(text):
        values = positive(kind)(text)
        if len(values) > 1:
            raise argparse.ArgumentTypeError("expected one number")
        return values[0]
    return parse


def parse_options():
    parser = argparse.ArgumentParser(
        prog=os.environ.get("COMPARE_NAME"), description=__doc__,
        epilog="Peers: " + ", ".join(peers.NAMES) + ".  Cases: " +
        ", ".join(cases.NAMES) + ".")
    add = parser.add_argument
    add("--connections", type=positive(int), metavar="N,...",
        help="ping-pong with so many connections, rather than all cases")
    add("--size", type=positive(cases.parse_size), metavar="BYTES,...",
        help="ping-pong with messages of this size, such as 64 or 16K")
    add("--cases", type=chosen_from(cases.NAMES), metavar="NAME,...",
        help="these cases (default: all)")
    add("--peers", type=chosen_from(peers.NAMES), default=list(peers.NAMES),
        metavar="NAME,...", help="these peers beside the bare servers "
        "(default: all that are installed)")
    add("--tls", choices=("1.2", "1.3"), default="1.3",
        help="the version of TLS, in the cases that have it (default 1.3)")
    add("--seconds", type=one(float), default=1.0, metavar="S",
        help="seconds of every server a round (default 1)")
    add("--rounds", type=one(int), default=5, metavar="N",
        help="rounds, of which medians are made (default 5)")
    add("--output", default="bench-results", metavar="DIR",
        help="where the results are written (default bench-results)")
    add("--write-doc", metavar="PAGE", help="puts the tables also into the "
        "places of a page that are marked for them")
    add("--from", dest="results", metavar="FILE", help="measures nothing, "
        "but writes the results of an earlier run anew")
    add("--no-check", action="store_true",
        help="does not check the generator first")
    add("--check-seconds", type=one(float), default=1.0, metavar="S",
        help="seconds of each round of that check (default 1)")
    add("--messages", type=one(int), default=2000, metavar="N",
        help="messages that are counted in the case exact (default 2000)")
    add("--idle-connections", type=one(int), default=15000, metavar="N",
        help="connections of the case idle (default 15000)")
    add("--idle-rest", type=int, default=15, metavar="S",
        help="seconds after which what those keep resident is measured once "
        "more (default 15)")
    add("--tls-idle-connections", type=one(int), default=2000, metavar="N",
        help="connections of the case tls-idle (default 2000)")
    add("--stream-size", type=one(cases.parse_size), default="1G",
        metavar="BYTES", help="of the case stream (default 1G)")
    several = (os.cpu_count() or 1) > 1
    add("--server-cpu", type=int, default=0 if several else -1, metavar="N",
        help="the processor of the servers (default 0); -1 is any")
    add("--generator-cpu", type=int, default=1 if several else -1,
        metavar="N", help="the processor of the load (default 1); -1 is any")
    add("--build", default=os.environ.get("top_builddir", "."), metavar="DIR",
        help="where the programs were built (default: here)")
    add("--only-options", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def processor_times():
    """Ticks of all processors together: idle ones, and all."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def measure_use():
    """The share of the processors that is in use before anything is begun.
    A load average would have the build in it that came before."""
    idle, total = processor_times()
    time.sleep(1)
    idle_now, total_now = processor_times()
    return 1 - (idle_now - idle) / max(total_now - total, 1)


def describe_machine():
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"processor": model, "processors": os.cpu_count(),
            "kernel": platform.release(), "used": measure_use()}


def describe_commit():
    try:
        done = subprocess.run(
            ["git", "-C", SOURCE, "describe", "--always", "--dirty"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def measure_case(options, case, servers):
    """A case's results; it may fail, and others go on."""
    working = peers.that_take_part(servers, case)
    names = [server.peer.name for server in working]
    wanted = [server.peer.name for server in servers
              if server.peer.tls == case.tls and not server.peer.only and
              not case.peers]
    result = {"name": case.name, "title": case.title, "kind": case.kind,
              "tls": case.tls, "connections": case.connections,
              "size": case.size, "rows": [],
              "absent": [name for name in wanted if name not in names]}
    measure = {"idle": rounds.measure_idle,
               "exact": lambda o, _, s: exact.measure(o, s)}
    floor = peers.FLOORS[case.tls]
    try:
        if floor not in names:
            raise rounds.Failed(f"{peers.LABELS[floor]} does not work, which "
                                "the others are measured by")
        result["rows"] = measure.get(case.kind, rounds.measure)(
            options, case, working)
    except rounds.Failed as failure:
        result["failure"] = str(failure)
    return result


def measure(options):
    """Everything, as it is written to results.json."""
    names = set(options.peers) | set(peers.FLOORS.values())
    chosen = cases.choose(options)
    servers, left_out = peers.find(names, chosen, options.build)
    servers, broken = rounds.try_servers(options, servers)
    results = {
        "schema": SCHEMA,
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": describe_commit(), "machine": describe_machine(),
        "options": {name: getattr(options, name) for name in SHOWN},
        "left_out": left_out, "broken": broken,
        "generator_checks": [], "cases": [],
    }
    for line in report.left_out_text(results):
        say(line)
    if not options.no_check:
        results["generator_checks"] = [
            rounds.check_generator(
                options, cases.messages(64, 50, server.peer.tls), server)
            for server in servers
            if server.peer.name in peers.FLOORS.values()]
    print("\n".join(report.checks_text(results["generator_checks"])))
    for number, case in enumerate(chosen, 1):
        say(f"case {number} of {len(chosen)}: {case.name}")
        results["cases"].append(measure_case(options, case, servers))
        print("\n" + report.as_text(results["cases"][-1]), flush=True)
        if case.kind == "exact":
            results["perf"] = exact.perf(options, servers)
    return results


def write(options, results):
    os.makedirs(options.output, exist_ok=True)
    texts = {"results.json": json.dumps(results, indent=1) + "\n",
             "results.svg": picture.draw(results),
             "results.md": report.markdown(results)}
    for name, text in texts.items():
        with open(os.path.join(options.output, name), "w",
                  encoding="utf-8") as file:
            file.write(text)
    say(f"results.json, results.svg and results.md are in {options.output}")
    if options.write_doc:
        report.write_sections(options.write_doc, results)


def main():
    options = parse_options()
    if options.only_options:
        return
    options.build = os.path.abspath(options.build)
    try:
        if options.results:
            with open(options.results, encoding="utf-8") as file:
                results = json.load(file)
            if results.get("schema") != SCHEMA:
                raise rounds.Failed(f"{options.results}: expected results of "
                                    f"the schema {SCHEMA}; measure anew")
        else:
            results = measure(options)
    except (rounds.Failed, subprocess.CalledProcessError, OSError) as failure:
        sys.exit(f"compare.py: {failure}")
    except KeyboardInterrupt:
        sys.exit("compare.py: interrupted; nothing was written")
    write(options, results)
    sys.exit(any("failure" in case for case in results["cases"]))


if __name__ == "__main__":
    main()
