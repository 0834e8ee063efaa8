# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""gdb commands for programs that use libawait.

    (gdb) source /usr/local/share/await/await-gdb.py
    (gdb) await-tasks
    (gdb) await-backtrace NAME

They work on a live process and on a core file, and change neither: registers
stay as they are.  libawait needs its debugging information.  A core file that
gdb's gcore writes lacks the stacks where their guards are marked by madvise(2),
as gdb stops reading at the first of them; the kernel's core files have all.
"""

import os
import re

import gdb
import gdb.unwinder

# await-tasks says where tasks wait if they are no more than this.
MOST_PLACES = 500


def symbol(name):
    """The library's symbol of that name."""
    found = gdb.lookup_static_symbol(name) or gdb.lookup_global_symbol(name)
    if found is None:
        raise gdb.GdbError("There is no libawait with debugging information "
                           "in this program (no symbol %s)." % name)
    return found


def escape(text):
    """The text with what a terminal would not show as a character escaped."""
    return "".join(c if c.isprintable() else
                   c.encode("unicode_escape").decode() for c in text)


class Task:
    """A struct task of the inferior."""

    def __init__(self, loop, value, hibernates=False):
        self.loop = loop
        self.value = value
        self.address = int(value.address)
        # Whether the value is a copy, and the task itself is put away.
        self.hibernates = hibernates

    @property
    def name(self):
        if int(self.value["name"]) != 0:
            return escape(self.value["name"].string(errors="replace"))
        return "Task-%d" % int(self.value["sequence"])

    @property
    def state(self):
        if self.is_current() or self.address == int(self.loop["caller"]):
            return "running"
        return "waiting" if self.value["parked"] else "ready"

    def is_current(self):
        """Whether a thread runs on its stack."""
        return self.address == int(self.loop["current"])

    def reason(self):
        """What it waits for, in words."""
        if self.state != "waiting":
            return "-"
        awaits = self.value["awaits"]
        kind = symbol("aw_task_kind").value().address
        if int(awaits) != 0 and int(awaits["kind"]) == int(kind):
            task = self.value.type
            offset = next(field.bitpos // 8 for field in task.fields()
                          if field.name == "future")
            inner = gdb.Value(int(awaits) - offset).cast(task.pointer())
            return "task '%s'" % Task(self.loop, inner.dereference()).name
        return self.value["what"].string(errors="replace")

    def registers(self):
        """What its context saved, by gdb's names of the registers."""
        sp = int(self.value["coro"]["context"]["sp"])
        arch = gdb.selected_inferior().architecture().name() \
            if hasattr(gdb.Inferior, "architecture") \
            else gdb.newest_frame().architecture().name()
        if symbol("aw_context_is_ucontext").value():
            return saved_by_ucontext(sp, arch)
        return saved_by_assembly(sp, arch)

    def thread(self):
        """The thread that runs on its stack, or None."""
        stack = self.value["stack"]
        for thread in gdb.selected_inferior().threads():
            thread.switch()
            sp = int(gdb.newest_frame().read_register("sp"))
            if int(stack["low"]) <= sp <= int(stack["high"]):
                return thread
        return None


def words(address, count):
    """So many words of the inferior's memory."""
    pointer = gdb.Value(address).cast(
        gdb.lookup_type("unsigned long").pointer())
    return [int(pointer[i]) for i in range(count)]


def saved_by_assembly(sp, arch):
    """See context_x86_64.S and context_aarch64.S."""
    if "x86-64" in arch:
        names = ["r15", "r14", "r13", "r12", "rbx", "rbp", "rip"]
        saved = dict(zip(names, words(sp + 8, len(names))))
        saved["rsp"] = sp + 64
    elif "aarch64" in arch:
        names = ["x%d" % n for n in range(19, 31)]
        saved = dict(zip(names, words(sp, len(names))))
        saved["pc"] = saved["x30"]
        saved["sp"] = sp + 160
    else:
        raise gdb.GdbError("Backtraces of tasks are not known for %s." % arch)
    return saved


def saved_by_ucontext(sp, arch):
    context = gdb.Value(sp).cast(gdb.lookup_type("ucontext_t").pointer())
    machine = context["uc_mcontext"]
    if "x86-64" in arch:
        places = {"r12": 4, "r13": 5, "r14": 6, "r15": 7, "rbp": 10, "rbx": 11,
                  "rsp": 15, "rip": 16}
        return {name: int(machine["gregs"][place])
                for name, place in places.items()}
    if "aarch64" in arch:
        saved = {"x%d" % n: int(machine["regs"][n]) for n in range(19, 31)}
        saved["pc"] = int(machine["pc"])
        saved["sp"] = int(machine["sp"])
        return saved
    raise gdb.GdbError("Backtraces of tasks are not known for %s." % arch)


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class Splice(gdb.unwinder.Unwinder):
    """While it is used, the caller of the innermost frame is where a task was
    left.  So its frames can be walked without a register being written, which
    a core file would not allow."""

    def __init__(self):
        super().__init__("await")
        self.enabled = False
        self.here = None
        self.saved = None

    def use(self, task):
        self.enabled = False
        gdb.invalidate_cached_frames()
        frame = gdb.newest_frame()
        self.here = [int(frame.read_register(name)) for name in ("pc", "sp")]
        self.saved = task.registers()
        self.enabled = True
        gdb.invalidate_cached_frames()

    def drop(self):
        self.enabled = False
        gdb.invalidate_cached_frames()

    def __call__(self, pending):
        if [int(pending.read_register(name))
                for name in ("pc", "sp")] != self.here:
            return None
        values = {name: gdb.Value(value).cast(pending.read_register(name).type)
                  for name, value in self.saved.items()}
        pc = values.get("rip", values.get("pc"))
        sp = values.get("rsp", values.get("sp"))
        # Not the caller's own, or gdb would see a circle.
        info = pending.create_unwind_info(FrameId(sp - 16, pc))
        for name, value in values.items():
            info.add_saved_register(name, value)
        return info


SPLICE = Splice()
gdb.unwinder.register_unwinder(None, SPLICE, replace=True)


class Unchanged:
    """Puts the thread and frame that are selected back."""

    def __enter__(self):
        self.thread = gdb.selected_thread()
        if self.thread is None:
            raise gdb.GdbError("There is no process or core file.")
        level = 0
        frame = gdb.selected_frame()
        while frame.newer() is not None:
            frame = frame.newer()
            level += 1
        self.level = level
        return self

    def __exit__(self, *_):
        SPLICE.drop()
        self.thread.switch()
        frame = gdb.newest_frame()
        for _ in range(self.level):
            frame = frame.older() or frame
        frame.select()


def all_loops():
    loop = symbol("aw_loops").value()["lh_first"]
    while int(loop) != 0:
        yield loop.dereference()
        loop = loop["all"]["le_next"]


def tasks_of(loop):
    kind = gdb.lookup_type("struct task")
    offset = next(field.bitpos // 8 for field in kind.fields()
                  if field.name == "link")
    link = loop["tasks"]["tqh_first"]
    while int(link) != 0:
        kept = link["hibernation"]
        if int(kept) != 0:
            yield Task(loop, kept["copy"].dereference(), True)
        else:
            task = gdb.Value(int(link) - offset).cast(kind.pointer())
            yield Task(loop, task.dereference())
        link = link["pending"]["tqe_next"]


def real(symtab):
    return os.path.realpath(symtab.fullname())


def library_folder():
    """Where the library's sources were when it was built."""
    core = os.path.dirname(real(symbol("aw_task_new").symtab))
    return os.path.dirname(core) + os.sep


def is_user(frame, folder):
    symtab = frame.find_sal().symtab
    if symtab is not None:
        return not real(symtab).startswith(folder)
    return frame.name() is not None and not frame.name().startswith("aw_")


def place(task, folder):
    """The innermost line of the task that is not the library's."""
    if task.hibernates:
        return "hibernates"
    SPLICE.use(task)
    frame = gdb.newest_frame().older()
    while frame is not None and not is_user(frame, folder):
        frame = frame.older()
    if frame is None:
        # Calls in tail position leave no frame, or it has not begun.
        return "in " + gdb.execute("info symbol %d" % int(
            task.value["coroutine"]), to_string=True).split()[0]
    sal = frame.find_sal()
    if sal.symtab is None:
        return frame.name()
    return "%s at %s:%d" % (frame.name(), os.path.basename(
        sal.symtab.filename), sal.line)


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in
                         zip(row, widths))
        gdb.write("  " + line.rstrip() + "\n")


class Tasks(gdb.Command):
    """List the tasks of all event loops of libawait in the process.
Usage: await-tasks

Tasks that are done are not listed.  With few of them each one's place in the
program is shown too."""

    def __init__(self):
        super().__init__("await-tasks", gdb.COMMAND_STACK, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        del argument, from_tty
        with Unchanged():
            folder = library_folder()
            for loop in all_loops():
                self.show(loop, folder)

    def show(self, loop, folder):
        tasks = list(tasks_of(loop))
        gdb.write("Loop 0x%x, %s, %d task%s\n" % (
            int(loop.address),
            "running" if loop["polling"] else "not running",
            len(tasks), "" if len(tasks) == 1 else "s"))
        rows = [("NAME", "STATE", "WAITS FOR", "WHERE")]
        for task in tasks:
            where = ""
            if len(tasks) <= MOST_PLACES and not task.is_current():
                where = place(task, folder)
            rows.append((task.name, task.state, task.reason(), where))
        if tasks:
            print_table(rows)


class Backtrace(gdb.Command):
    """Print the backtrace of a task of libawait.
Usage: await-backtrace [OPTION]... NAME

OPTIONs are those of the command backtrace, such as -full.  If several tasks
have the name, the backtrace of each is printed."""

    def __init__(self):
        super().__init__("await-backtrace", gdb.COMMAND_STACK,
                         gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        del from_tty
        options, name = re.fullmatch(r"((?:-\S+\s+)*)(.*?)\s*",
                                     argument, re.S).groups()
        if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
            name = name[1:-1]
        if not name:
            raise gdb.GdbError("Which task?  await-tasks lists their names.")
        with Unchanged():
            found = [task for loop in all_loops() for task in tasks_of(loop)
                     if task.name == name]
            if not found:
                raise gdb.GdbError("There is no task '%s'; await-tasks lists "
                                   "them." % name)
            for task in found:
                gdb.write("Task '%s', %s:\n" % (name, task.state))
                gdb.write(self.backtrace(task, options))

    def backtrace(self, task, options):
        if task.is_current():
            if task.thread() is None:
                raise gdb.GdbError("It is running, but no thread is on its "
                                   "stack: try 'thread apply all backtrace'.")
            return gdb.execute("backtrace " + options, to_string=True)
        if task.hibernates:
            return ("It hibernates: its stack is put away until something "
                    "wakes it.\n")
        SPLICE.use(task)
        past_main = gdb.parameter("backtrace past-main")
        gdb.execute("set backtrace past-main on", to_string=True)
        try:
            text = gdb.execute("backtrace " + options, to_string=True)
        finally:
            if not past_main:
                gdb.execute("set backtrace past-main off", to_string=True)
        # The innermost frame is the thread's, and none of the task's.
        text = text[re.search(r"^#1 ", text, re.M).start():]
        return re.sub(r"^#(\d+) ", lambda level: "#%-*d " % (
            len(level.group(1)), int(level.group(1)) - 1), text, flags=re.M)


Tasks()
Backtrace()
