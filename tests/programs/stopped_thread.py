#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
Stops one thread of a process, as a debugger does, while the others go on.

usage: stopped_thread.py PID THREAD SECONDS

THREAD is its name, "worker 1".  It goes on when the time is over, unless the
process has ended by then.
"""
import ctypes
import os
import sys
import time

PTRACE_DETACH = 17
PTRACE_SEIZE = 0x4206
PTRACE_INTERRUPT = 0x4207
WALL = 0x40000000


def ptrace(request, thread):
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                               ctypes.c_void_p]
    library.ptrace.restype = ctypes.c_long
    if library.ptrace(request, thread, None, None) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "ptrace")


def find(pid, name):
    """The number of the process's thread of that name."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            if file.read().rstrip("\n") == name:
                return int(thread)
    raise LookupError(f"process {pid} has no thread '{name}'")


class StoppedThread:
    """For "with": the thread is stopped within the block."""

    def __init__(self, pid, name):
        self.thread = find(pid, name)

    def __enter__(self):
        ptrace(PTRACE_SEIZE, self.thread)
        ptrace(PTRACE_INTERRUPT, self.thread)
        os.waitpid(self.thread, WALL)
        return self

    def __exit__(self, *_):
        try:
            ptrace(PTRACE_DETACH, self.thread)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    with StoppedThread(int(sys.argv[1]), sys.argv[2]):
        time.sleep(float(sys.argv[3]))
