# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Results as tables, for a terminal and in Markdown."""

import re

from . import peers

LABELS = peers.LABELS
# Above this share of the processors the machine does other things as well.
BUSY = 0.1


def count(value):
    return "-" if value is None else f"{value:,.0f}"


def microseconds(value):
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def ratio(row):
    return f"{row['ratio']:.3f}", f"{row['ratio_min']:.3f} to " \
        f"{row['ratio_max']:.3f}"


def latencies(row):
    return [microseconds(value) for value in row["latency_us"].values()]


def memory(row):
    return f"{row['resident_bytes'] / 1024 ** 2:.1f}"


def load(row):
    return f"{row['server_load']:.0%} / {row['generator_load']:.0%}"


LATENCY_HEADS = ("p50 us", "p90", "p99", "p99.9", "max")


def rates(what):
    """The table of cases that count messages, or what else they are."""
    heads = ("", f"{what}/s", f"{what} per CPU s", "ratio", "range",
             *LATENCY_HEADS, "MiB", "CPU: server / generator")

    def cells(row):
        return (LABELS[row["peer"]], count(row["messages_per_second"]),
                count(row["messages_per_cpu_second"]), *ratio(row),
                *latencies(row), memory(row), load(row))
    return heads, cells


def stream():
    heads = ("", "MiB/s", "MiB per CPU s", "ratio", "range", "MiB resident",
             "CPU: server / generator")

    def cells(row):
        return (LABELS[row["peer"]],
                count(row["bytes_per_second"] / 1024 ** 2),
                count(row["bytes_per_cpu_second"] / 1024 ** 2), *ratio(row),
                memory(row), load(row))
    return heads, cells


def latency():
    heads = ("", "messages/s", *LATENCY_HEADS, "ratio", "range",
             "CPU: server / generator")

    def cells(row):
        return (LABELS[row["peer"]], count(row["messages_per_second"]),
                *latencies(row), *ratio(row), load(row))
    return heads, cells


def idle():
    heads = ("", "resident B each", "after a rest", "page tables B",
             "kernel slab B", "socket buffers B")

    def cells(row):
        return (LABELS[row["peer"]], *[
            count(row[name + "_bytes"])
            for name in ("resident", "rested", "page_tables", "slab",
                         "sockets")])
    return heads, cells


def exact():
    heads = ("", "system calls a message", "of which",
             "allocator calls a message", "instructions a message",
             "at 50 connections")

    def cells(row):
        calls = row["system_calls"]
        kinds = "-" if calls is None else ", ".join(
            f"{name} {number:.2f}" for name, number in
            sorted(calls.items(), key=lambda item: -item[1]))
        allocations = row["allocations"]
        return (LABELS[row["peer"]],
                "-" if calls is None else f"{sum(calls.values()):.2f}", kinds,
                "-" if allocations is None else f"{allocations:.3f}",
                count(row["instructions"]), count(row["instructions_many"]))
    return heads, cells


KINDS = {
    "messages": rates("messages"),
    "connections": rates("connections"),
    "latency": latency(),
    "stream": stream(),
    "idle": idle(),
    "exact": exact(),
}


def lines(case):
    """The heads of a case's table, and its rows."""
    heads, cells = KINDS[case["kind"]]
    return heads, [cells(row) for row in case["rows"]]


def as_text(case):
    heads, rows = lines(case)
    widths = [max(len(row[i]) for row in (heads, *rows))
              for i in range(len(heads))]
    return "\n".join([case["title"], *[
        "  ".join([row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
        for row in (heads, *rows)], *notes(case)])


def as_markdown(case):
    heads, rows = lines(case)
    return "\n".join(["| " + " | ".join(row) + " |" for row in
                      (heads, ("---",) + ("---:",) * (len(heads) - 1), *rows)
                      ] + ["", *notes(case)]).rstrip()


def notes(case):
    """What has to be said with a table."""
    said = []
    for row in case["rows"]:
        said += [f"{LABELS[row['peer']]}: {note}"
                 for note in row.get("notes", ())]
    absent = [LABELS[name] for name in case.get("absent", ())]
    if absent:
        said.append("Not in this case: " + ", ".join(absent) + ".")
    if case.get("failure"):
        said.append("It failed: " + case["failure"])
    return said


def perf_markdown(tables):
    parts = []
    for name, table in tables.items():
        if isinstance(table, str):
            parts.append(f"{LABELS[name]}: {table}")
            continue
        parts.append(f"{LABELS[name]}, with {table['user_percent']:.1f} % of "
                     "its time in user space:")
        parts.append("\n".join(
            ["| % | function | in |", "|---:|---|---|"] +
            [f"| {row['percent']:.2f} | `{row['function']}` | "
             f"{'kernel' if row['kernel'] else row['object']} |"
             for row in table["functions"]]))
    return "\n\n".join(parts)


def check_text(check):
    """What the check of the generator against a floor says."""
    moved = f"the messages per second of processor time of " \
        f"{LABELS[check['floor']]} moved by {check['moved']:+.1%} (from " \
        f"{check['moved_min']:+.1%} to {check['moved_max']:+.1%} in " \
        f"{check['rounds']} rounds) when the connections became " \
        f"{2 * check['connections']} rather than {check['connections']}"
    if not check["stands"]:
        return f"SUSPECT: {moved}; the ratios may be the generator's doing."
    if not check["saturated"]:
        return f"UNCERTAIN: {moved}, but it was busy for only " \
            f"{check['server_load']:.0%} of the time, so that says little " \
            "about the generator."
    return f"The generator is not the limit: {moved}."


def checks_text(checks):
    return [check_text(check) for check in checks] or \
        ["The generator was not checked."]


def tls_text(results):
    """How TLS was spoken, if it was."""
    if not any(case.get("tls") for case in results["cases"]):
        return []
    return [f"TLS {results['options']['tls']}, as bench/channel.h says; the "
            "certificate is ECDSA on P-256."]


def machine_text(results):
    machine, options = results["machine"], results["options"]
    busy = machine["used"] > BUSY
    return (f"{results['date']}, commit {results['commit']}; "
            f"{machine['processor']}, {machine['processors']} processors, "
            f"Linux {machine['kernel']}; {options['rounds']} rounds of "
            f"{options['seconds']:g} s; {machine['used']:.0%} of the "
            f"processors in use at the start." + (
                " The machine was busy with other things: latencies and what "
                "is counted per second of the clock mean little, and the "
                "ratios are less certain than their digits." if busy else ""))


def left_out_text(results):
    said = [f"{LABELS[each['peer']]}: not installed; on Debian: apt install "
            f"{each['package']}" for each in results["left_out"]]
    return said + [f"{LABELS[each['peer']]}: left out: {each['reason']}"
                   for each in results["broken"]]


def sections(results):
    """The parts of the report by name, for a page that has places for them."""
    found = {"machine": "\n\n".join(
        [machine_text(results), *checks_text(results["generator_checks"]),
         *tls_text(results)] +
        ["\n".join("- " + line for line in left_out_text(results))]).strip()}
    for case in results["cases"]:
        found[case["name"]] = as_markdown(case)
    if results.get("perf"):
        found["perf"] = perf_markdown(results["perf"])
    return found


def markdown(results):
    """The whole report."""
    titles = {case["name"]: case["title"] for case in results["cases"]}
    titles.update(machine="", perf="Where the time goes")
    parts = ["# Echo servers compared", "![The ratios](results.svg)"]
    for name, text in sections(results).items():
        parts += [part for part in (
            titles[name] and "## " + titles[name], text) if part]
    return "\n\n".join(parts) + "\n"


def write_sections(page, results):
    """Replaces the marked places of a page that there are results for."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for name, section in sections(results).items():
        begin, end = f"<!-- results: {name} -->", "<!-- end -->"
        text = re.sub(f"({re.escape(begin)}\n).*?({re.escape(end)})",
                      lambda match, s=section: match[1] + s + "\n" + match[2],
                      text, flags=re.S)
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)
