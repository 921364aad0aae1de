"""A terminal for programs that take the whole screen: what a machine's console prints goes into pyte, which answers as a terminal does."""
import re
import time

import pexpect
import pyte

from machine import HANG


class Screen(pyte.Screen):
    def __init__(self, cols, rows, answer):
        self.answer = answer
        super().__init__(cols, rows)

    def write_process_input(self, data):
        self.answer(data)


class Terminal:
    """`t = Terminal(machine)`; t.send(keys); t.until("pattern") waits for what is on the screen, not for what was printed."""

    def __init__(self, machine, rows=24, cols=80, answers=True):
        self.machine, self.raw = machine, ""
        self.screen = Screen(cols, rows, self.answer if answers else lambda data: None)
        self.stream = pyte.Stream(self.screen)

    def answer(self, data):
        self.machine.send(data)

    def send(self, text):
        # The first Ctrl-A of two is QEMU's.
        self.machine.send(text.replace("\x01", "\x01\x01"))

    def rows(self):
        # Not screen.display: that trips over half of a wide character, which is there while a frame is coming in.
        return ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in
                (self.screen.buffer[y] for y in range(self.screen.lines))]

    def text(self):
        return "\n".join(self.rows())

    def pump(self, wait=0.2):
        """Take what has been printed; waits for the first of it at most so long."""
        try:
            text = self.machine.qemu.read_nonblocking(65536, wait)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError("the machine stopped:\n" + self.text()) from None
        self.raw += text
        self.stream.feed(text)

    def until(self, what, timeout=HANG):
        """what: a pattern to be on the screen, or a function of the terminal to be true. The match, or the function's result."""
        end = time.monotonic() + timeout     # ends a test that hangs, and judges nothing else
        while True:
            found = re.search(what, self.text(), re.M) if isinstance(what, str) else what(self)
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"waited for {what!r}; the screen:\n{self.text()}")
            self.pump()

    def gone(self, pattern):
        return self.until(lambda t: not re.search(pattern, t.text(), re.M))
