#!/usr/bin/python3
"""Record what the book plays: docs/casts/NAME-ARCH.cast (asciicast v2), and its last screen beside it as NAME-ARCH.txt.

    casts.py [NAME...]      record anew, on both machines

A script types, and waits for what is on the screen. How long it waited is not recorded: a key takes so long and a line so long, whatever
the host was doing, so two recordings differ only in what the machine says. Numbers on the last screen are marked as varying.
"""
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tests/system"), os.path.join(ROOT, "docs/_ext/course")]
import session
from machine import ESCAPES, HANG, Machine
from terminal import Terminal

FOLDER = os.path.join(ROOT, "docs/casts")
ROWS, COLS = 24, 80
KEY, LINE, LOOK, FRAME = 0.07, 0.04, 1.0, 0.5       # seconds for a key, a line, a look at what came, a picture of many
AT_PROMPT = r"^manul:/\$$"


class Recorder:
    """A terminal that notes what came, as events."""

    def __init__(self, machine):
        self.terminal, self.events, self.clock, self.noted = Terminal(machine, ROWS, COLS), [], 0.0, 0

    def note(self, seconds):
        """What came since the last note is an event, so long after that."""
        text, self.noted = self.terminal.raw[self.noted:], len(self.terminal.raw)
        if text:
            self.clock += seconds
            self.events.append([round(self.clock, 2), "o", text])

    def note_lines(self):
        text, self.noted = self.terminal.raw[self.noted:], len(self.terminal.raw)
        for line in text.splitlines(keepends=True):
            self.clock += LINE
            self.events.append([round(self.clock, 2), "o", line])

    def until(self, pattern, by_line=True, timeout=HANG * 10):
        self.terminal.until(pattern, timeout)
        self.note_lines() if by_line else self.note(FRAME)

    def type(self, text):
        """Key by key; each is echoed before the next."""
        self.clock += LOOK
        for key in text:
            self.terminal.send(key)
            while len(self.terminal.raw) == self.noted:
                self.terminal.pump()
            self.note(KEY)

    def look(self, frames=1):
        """Let a program that draws draw a few times more."""
        for _ in range(frames):
            self.terminal.pump(FRAME)
            self.note(FRAME)
        self.clock += LOOK


def boot(rec):
    rec.until("U-Boot 20")
    rec.until("Starting kernel")
    rec.until(AT_PROMPT)
    for command in ["uname -a\r", "ls /\r"]:
        rec.type(command)
        rec.until(AT_PROMPT)


def meow(rec):
    rec.until(AT_PROMPT)
    rec.type("meow\r")
    rec.until("^ready", by_line=False)
    rec.type("why is pressure high?\r")
    rec.until("^Nothing needs doing", by_line=False)
    rec.until("^ready", by_line=False)
    rec.look()
    rec.type("/watch buddy\r")
    rec.until("as it is now", by_line=False)
    rec.until("^── buddy", by_line=False)
    rec.look(4)
    rec.until("^ready", by_line=False)


def stress(rec):
    rec.until(AT_PROMPT)
    for command in ["MALLOC=chunk allocstress -n 250000\r", "MALLOC=page allocstress\r"]:
        rec.type(command)
        rec.until(AT_PROMPT)


# Script, title, options of the run, on which machines.
CASTS = {
    "boot": (boot, "From U-Boot to the shell", {"BOOT": "uboot"}, ["riscv64", "aarch64"]),
    "meow": (meow, "meow answers, and draws what is free", {}, ["riscv64"]),
    "stress": (stress, "A program dies of having freed everything", {"APPEND": "va=bump va.window=legacy", "SMP": 1}, ["aarch64"]),
}


def play(name, arch, log):
    """Run a script. The recorder, with its terminal as the script left it."""
    script, _, options, _ = CASTS[name]
    machine = Machine(log, arch, to_prompt=False, **options)
    with machine:
        rec = Recorder(machine)
        script(rec)
    return rec


def path(name, arch, suffix):
    return os.path.join(FOLDER, f"{name}-{arch}{suffix}")


def still(name, arch):
    """The lines of the last screen, as session.py has them."""
    with open(path(name, arch, ".txt"), encoding="utf-8") as f:
        return f.read().splitlines()


def events(name, arch):
    """The header and the events of a recording."""
    with open(path(name, arch, ".cast"), encoding="utf-8") as f:
        header, *rest = map(json.loads, f)
    return header, rest


def said(name, arch, typed):
    """What came in a recording after this was typed at the shell, as lines."""
    text = ESCAPES.sub("", "".join(e[2] for e in events(name, arch)[1]))
    found = re.search(rf"manul:/\$ {re.escape(typed)}\n(.*?)(?=manul:/\$ )", text, re.S)
    assert found, f"{name}-{arch}: nobody types {typed}"
    return found[1].splitlines()


def untrue(name, arch, typed, text):
    """How a recording differs from what the machine said to the same, numbers aside; None if it does not."""
    return session.difference(["~" + line for line in said(name, arch, typed)], text.splitlines())


def marked(line):
    """Numbers vary, bars do, and which of a list comes first."""
    if re.match(r" +\d+[KM] \(\d+%\)", line):
        return "{" + line + "}"
    line = re.sub(r"\(=.*?=\).", lambda m: "{" + m[0] + "}", line)      # the cat breathes
    line = re.sub(r"[█▇▆▅▄▃▂▁]+|(?<=\d)·", lambda m: "{" + m[0] + "}", line)
    return "~" + line if re.search(r"\d", line) else line


def record(name, arch, log):
    rec = play(name, arch, log)
    header = {"version": 2, "width": COLS, "height": ROWS, "title": f"{CASTS[name][1]} ({arch})"}
    with open(path(name, arch, ".cast"), "w", encoding="utf-8") as f:
        for row in [header] + rec.events:
            f.write(json.dumps(row, ensure_ascii=False) + "\n")
    rows = session.trimmed(rec.terminal.rows())
    if not os.path.exists(path(name, arch, ".txt")) or session.difference(still(name, arch), rows):
        with open(path(name, arch, ".txt"), "w", encoding="utf-8") as f:
            f.write("\n".join(map(marked, rows)) + "\n")


def main(names):
    for name in names or CASTS:
        for arch in CASTS[name][3]:
            with open(os.path.join(ROOT, "build", f"cast-{name}-{arch}.log"), "w", encoding="utf-8") as log:
                print(f"  CAST    {name}-{arch}", flush=True)
                record(name, arch, log)


if __name__ == "__main__":
    main(sys.argv[1:])
