#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""await-gdb.py lists tasks and shows their backtraces, in a live process and in
a core file, and the process goes on as if nothing had been."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("top_srcdir", os.path.join(
    os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.environ.get("top_builddir", SOURCE)
SCRIPT = os.path.join(SOURCE, "src", "await", "await-gdb.py")
TARGET = os.path.join(BUILD, "tests", "await", "tools", "target")
PATIENCE = 300


def refuse(reason):
    """What is missing on this machine; CI's machines must have it."""
    if os.environ.get("CI") == "true" and \
            not os.environ.get("SANITIZER_CFLAGS"):
        raise AssertionError(f"{reason}, and CI=true allows no gaps")
    raise unittest.SkipTest(reason)


def gdb(commands, *arguments):
    """
    Runs gdb with these arguments, and tells what it says, by the command: each
    one's output, and "" for what came before the first and for all.
    """
    options = []
    for command in commands:
        options += ["-ex", rf"echo \n--- {command}\n".replace("\\n'", "'"),
                    "-ex", command]
    said = subprocess.run(
        ["gdb", "-nx", "-batch", "-ex", "set style enabled off",
         "-ex", "set width 0", "-ex", "set confirm off", *options,
         *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False).stdout
    parts = re.split(r"(?m)^--- (.*)\n", said)
    return {"": said, **dict(zip(parts[1::2], parts[2::2]))}


def run(*commands, how=""):
    """The same with the target at its breakpoint, after which it goes on."""
    return gdb(["break stop_here", "run", f"source {SCRIPT}", *commands,
                "continue"], "--args", TARGET, how)


def setUpModule():
    if shutil.which("gdb") is None:
        refuse("gdb is not installed")
    if os.environ.get("SANITIZER_CFLAGS"):
        refuse("gdb is tried with programs that no sanitizer changes")
    said = gdb(["python print(6 * 7)", "ptype struct task", "break stop_here",
                "run"], TARGET)
    assert "No such file" not in said[""], said[""]
    if "42" not in said["python print(6 * 7)"]:
        refuse("gdb has no Python")
    if "No struct type" in said["ptype struct task"]:
        refuse("libawait was built without debugging information")
    if "Breakpoint 1, stop_here" not in said["run"]:
        refuse(f"gdb can't run a program here: {said['run']}")


SLEEPER = (r"  twin\\n +waiting  a time to pass +"
           r"(sleep_long at target\.c:\d+|in sleep_long)")
ROWS = [
    r"  NAME +STATE +WAITS FOR +WHERE",
    r"  Task-1 +waiting  task 'the worker' +begin at target\.c:\d+",
    r"  the worker +waiting  a descriptor to be readable +"
    r"wait_deeply at target\.c:\d+",
    SLEEPER,
    SLEEPER,
    r"  Task-5 +running +-",
    r"  fresh +ready +- +in sleep_long",
]


def frames(said):
    """The functions of a backtrace, innermost first."""
    found = re.findall(r"(?m)^#(\d+) +(?:0x[0-9a-f]+ in )?(\w+) \(", said)
    numbers = [int(number) for number, _ in found]
    assert numbers and numbers == list(range(len(numbers))), said
    return [name for _, name in found]


class Case(unittest.TestCase):
    """Checks of what gdb says."""

    def check_rows(self, said, rows):
        lines = said[said.index("Loop 0x"):].splitlines()
        self.assertRegex(lines[0], r"^Loop 0x[0-9a-f]+, running, 6 tasks$")
        for row, line in zip(rows, lines[1:]):
            self.assertRegex(line, f"^{row}$", said)

    def check_worker(self, said):
        self.assertIn("Task 'the worker', waiting:\n#0  ", said)
        names = frames(said)
        self.assertEqual(names.count("wait_deeply"), 3, said)
        order = [names.index(name) for name in
                 ("aw_task_park", "wait_deeply", "run_coroutine")]
        self.assertEqual(order, sorted(order), said)

    def check_exit(self, said):
        self.assertIn("finished\n", said["continue"])
        self.assertIn("exited normally", said["continue"])


class AtABreakpoint(Case):
    """In a process that gdb runs, while a task runs."""

    @classmethod
    def setUpClass(cls):
        registers = "info registers pc sp"
        cls.said = run(
            "frame 1", registers, "await-tasks",
            "await-backtrace the worker", "await-backtrace -full Task-1",
            r"python gdb.execute('await-backtrace twin\\n')",
            "await-backtrace Task-5", "await-backtrace \"fresh\"",
            "await-backtrace nobody", "await-backtrace", "frame",
            "backtrace 2", "info registers sp pc")

    def test_tasks_in_all_states(self):
        self.check_rows(self.said["await-tasks"], ROWS)

    def test_backtrace_of_a_task_that_waits(self):
        self.check_worker(self.said["await-backtrace the worker"])

    def test_options_of_the_backtrace(self):
        said = self.said["await-backtrace -full Task-1"]
        self.assertRegex(said, r"\n        worker = 0x")
        self.assertIn("begin", frames(said))

    def test_backtrace_of_each_with_the_name(self):
        said = next(text for command, text in self.said.items()
                    if "twin" in command)
        parts = said.split("Task 'twin\\n', waiting:\n")
        self.assertEqual(len(parts), 3, said)
        for part in parts[1:]:
            self.assertIn("aw_sleep", frames(part))

    def test_backtrace_of_the_task_that_runs(self):
        names = frames(self.said["await-backtrace Task-5"])
        self.assertEqual(names[:2], ["stop_here", "show"])

    def test_backtrace_of_a_task_that_has_not_begun(self):
        said = self.said["await-backtrace \"fresh\""]
        self.assertIn("Task 'fresh', ready:\n#0  ", said)
        self.assertNotIn("stop_here", said)

    def test_names_that_are_none(self):
        self.assertIn("There is no task 'nobody'; await-tasks lists them.",
                      self.said["await-backtrace nobody"])
        self.assertIn("Which task?", self.said["await-backtrace"])

    def test_what_was_selected_stays_so(self):
        self.assertRegex(self.said["frame"], r"^#1 .* in show ")
        self.assertEqual(
            sorted(self.said["info registers pc sp"].split()),
            sorted(self.said["info registers sp pc"].split()))
        self.assertEqual(frames(self.said["backtrace 2"]),
                         ["stop_here", "show"])

    def test_the_process_goes_on(self):
        self.check_exit(self.said)


class OnTheLoopsStack(Case):
    """While the loop works for a task, which runs but is not on its stack."""

    def test_it_all(self):
        said = run("await-tasks", "await-backtrace Task-5", how="call")
        rows = ROWS[:5] + [r"  Task-5 +running +- +show at target\.c:\d+",
                           ROWS[6]]
        self.check_rows(said["await-tasks"], rows)
        names = frames(said["await-backtrace Task-5"])
        self.assertNotIn("stop_here", names)
        self.assertLess(names.index("show"), names.index("run_coroutine"))
        self.check_exit(said)


class OfATaskThatHibernates(Case):
    """Its stack is not there."""

    def test_it_says_so(self):
        said = run("await-tasks", "await-backtrace dormouse", how="hibernate")
        if "not here" in said[""]:
            self.skipTest("tasks can't hibernate here")
        self.assertRegex(said["await-tasks"],
                         r"\n  dormouse +waiting +data to read +hibernates\n")
        self.assertIn("Task 'dormouse', waiting:\nIt hibernates: ",
                      said["await-backtrace dormouse"])
        self.check_exit(said)


class InACoreFile(Case):
    """After the process is gone."""

    def test_it_all(self):
        folder = tempfile.mkdtemp(prefix="await-gdb-")
        self.addCleanup(shutil.rmtree, folder)
        core = os.path.join(folder, "core")
        gdb(["break stop_here", "run", f"generate-core-file {core}", "kill"],
            TARGET)
        said = gdb([f"source {SCRIPT}", "await-tasks",
                    "await-backtrace the worker", "await-backtrace Task-5"],
                   TARGET, core)
        self.check_rows(said["await-tasks"], ROWS)
        self.check_worker(said["await-backtrace the worker"])
        self.assertEqual(frames(said["await-backtrace Task-5"])[:2],
                         ["stop_here", "show"])


class Attached(Case):
    """In a process that waits in its poll, while no task runs."""

    def test_it_all(self):
        with subprocess.Popen([TARGET, "attach"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as target:
            self.addCleanup(target.kill)
            self.assertEqual(target.stdout.readline(), "waiting\n")
            said = gdb([f"source {SCRIPT}", "await-tasks",
                        "await-backtrace the worker",
                        "await-backtrace Task-5", "detach"], TARGET,
                       str(target.pid))
            if "ptrace: Operation not permitted" in said[""]:
                refuse("gdb can't attach to a process here")
            rows = ROWS[:5] + [
                r"  Task-5 +waiting +a descriptor to be readable +"
                r"show at target\.c:\d+",
                r"  fresh +waiting +a time to pass +.*sleep_long.*"]
            self.check_rows(said["await-tasks"], rows)
            self.check_worker(said["await-backtrace the worker"])
            self.assertIn("show", frames(said["await-backtrace Task-5"]))
            self.assertEqual(target.communicate("\n", PATIENCE)[0],
                             "finished\n")
            self.assertEqual(target.returncode, 0)


class WithoutTasks(Case):
    """Where there is nothing to be seen."""

    def test_without_a_process(self):
        said = gdb([f"source {SCRIPT}", "await-tasks"], TARGET)
        self.assertIn("There is no process or core file.",
                      said["await-tasks"])

    def test_without_the_library(self):
        said = gdb([f"source {SCRIPT}", "starti", "await-tasks", "kill"],
                   "/bin/true")
        self.assertIn("There is no libawait with debugging information",
                      said["await-tasks"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
