#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""Puts the programs into the README beside this script.

usage: readme.py --check | --write

Below each heading "## NN_name" the README has a table, between two comments,
with the lesson in Python and in C.  --write makes these tables anew; --check
fails if they are not what --write would make of them.
"""

import glob
import os
import re
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(FOLDER, "README.md")

TABLE = """\
<table>
<tr><th>{name}.py</th><th>{name}.c</th></tr>
<tr valign="top"><td>

```python
{python}
```

</td><td>

```c
{c}
```

</td></tr>
</table>"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def program(name):
    """A file's text below its head, which the README says in its own words."""
    text = read(os.path.join(FOLDER, name))
    if name.endswith(".py"):
        text = re.sub(r'\A(#.*\n)+""".*?"""\n', "", text, flags=re.S)
    else:
        text = re.sub(r"\A/\*.*?\*/\n", "", text, flags=re.S)
    return text.strip("\n")


def lessons():
    return sorted(os.path.basename(path)[:-2]
                  for path in glob.glob(os.path.join(FOLDER, "[0-9]*.c")))


def with_tables(readme):
    """The README's text with tables made anew."""
    named = re.findall(r"(?m)^## (\d\d_\w+)$", readme)
    if named != lessons():
        sys.exit(f"README.md has {named}, expected {lessons()}")
    for name in named:
        table = TABLE.format(name=name, python=program(name + ".py"),
                             c=program(name + ".c"))
        readme, count = re.subn(
            rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->\n)",
            lambda match: match[1] + table + "\n" + match[2], readme,
            flags=re.S)
        if count != 1:
            sys.exit(f"README.md has {count} places for {name}, expected 1")
    return readme


def main():
    if sys.argv[1:] not in (["--check"], ["--write"]):
        sys.exit(__doc__)
    old = read(README)
    new = with_tables(old)
    if sys.argv[1] == "--check":
        if new != old:
            sys.exit("README.md is not up to date: run readme.py --write")
        return
    with open(README, "w", encoding="utf-8") as file:
        file.write(new)


main()
