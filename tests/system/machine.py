"""Manul in QEMU, driven by a test: started through tools/run.py, typed at with pexpect, waited for by what it prints."""
import os
import re
import subprocess
import sys

import pexpect

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TREE, "tools"))
import run as launcher

MACHINES = ["riscv64", "aarch64"]
HANG = 100          # seconds; ends a run that hangs, and judges nothing else
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[()][0-9A-B]|[78=>])|\r")
PROMPT = r"manul:(/[^\n$]*)\$ "
LOG_LINE = re.compile(r"^\[(\w+)\] .*\n", re.M)


def out(arch, *names):
    return os.path.join(TREE, "build", arch, *names)


def env(arch, **options):
    """The environment of a run; nothing of ours leaks into it."""
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TERM", "TMPDIR")}
    return dict(clean, ARCH=arch, MANUL_OUT=options.pop("MANUL_OUT", out(arch)), **{k: str(v) for k, v in options.items()})


class Machine:
    """An interactive run. `with Machine(log, "riscv64", BOOT="direct", SMP=4) as m:` boots to the prompt."""

    def __init__(self, log, arch, to_prompt=True, **options):
        options.setdefault("BOOT", "direct")
        self.arch, self.to_prompt = arch, to_prompt
        self.options = launcher.Options(env(arch, **options))
        self.disks = launcher.Disks(self.options)
        self.log = log
        self.qemu = None
        self.where = None

    def command(self):
        return launcher.command_of(self.options, self.disks.main, self.disks.extra)

    def __enter__(self):
        self.disks.__enter__()
        try:
            command = self.command()
            self.log.write("$ " + " ".join(command) + "\n")
            self.log.flush()
            self.qemu = pexpect.spawn(command[0], command[1:], cwd=TREE, timeout=HANG, encoding="utf-8",
                                      codec_errors="replace", dimensions=(24, 200), echo=False)
            self.qemu.logfile_read = self.log
            self.qemu.delaybeforesend = None
            if self.to_prompt:
                self.boot_text = self.prompt()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.qemu:
            self.qemu.close(force=True)
        self.disks.__exit__(None, None, None)

    def expect(self, pattern, timeout=HANG):
        """Wait for pattern; the text before and with it, without escape sequences."""
        try:
            self.qemu.expect(pattern, timeout=timeout)
        except (pexpect.EOF, pexpect.TIMEOUT) as e:
            what = "the machine stopped" if isinstance(e, pexpect.EOF) else f"nothing for {timeout} s"
            tail = ESCAPES.sub("", self.qemu.before or "")[-2000:]
            raise AssertionError(f"waited for {pattern!r}: {what}; the last of the console:\n{tail}") from None
        return ESCAPES.sub("", self.qemu.before + (self.qemu.after if isinstance(self.qemu.after, str) else ""))

    def prompt(self):
        """Wait for the prompt; what was printed before it."""
        text = self.expect(PROMPT)
        self.where = self.qemu.match[1]
        return text[:text.rfind("manul:")]

    def send(self, text):
        self.qemu.send(text)

    def run(self, line, timeout=HANG):
        """Type a command; what it prints, without the echo and without the kernel's log."""
        self.send(line + "\r")
        # While the line is edited the shell draws it anew, prompt and all, but ends it only once.
        self.expect("\n", timeout)
        text = self.expect(PROMPT, timeout)
        self.where = self.qemu.match[1]
        self.raw = text[:text.rfind("manul:")]
        return LOG_LINE.sub("", self.raw)

    def status(self):
        return int(self.run("echo $?").strip())

    def ended(self):
        """Wait until QEMU has ended by itself; its exit status."""
        text = self.expect(pexpect.EOF)
        self.qemu.close()
        return text, self.qemu.exitstatus


def unattended(log, arch, cmd, timeout=HANG, **options):
    """`make run CMD=...`: the exit status and the console."""
    options.setdefault("BOOT", "direct")
    options.setdefault("TIMEOUT", timeout)
    done = subprocess.run([sys.executable, os.path.join(TREE, "tools", "run.py")], cwd=TREE, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env(arch, CMD=cmd, **options))
    text = ESCAPES.sub("", done.stdout.decode("utf-8", "replace"))
    log.write(f"$ {cmd}\n{text}\n[status {done.returncode}]\n")
    log.flush()
    return done.returncode, text
