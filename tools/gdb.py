#!/usr/bin/python3
"""`make gdb`: QEMU, stopped before the first instruction, with gdb-multiarch attached and the kernel's symbols loaded.

The options are those of tools/run.py. The guest's console goes to MANUL_OUT/console.log, and can be typed at from
another terminal: socat -,raw,echo=0 UNIX-CONNECT:MANUL_OUT/console.sock. tools/gdbinit has helpers for the kernel's data.
Arguments are handed to gdb.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run


def serial_on_socket(command, sock, logfile):
    """The same machine with its console on a socket instead of the terminal, which belongs to gdb."""
    at = command.index("-nographic")
    console = ["-display", "none", "-monitor", "none", "-chardev", f"socket,id=console,path={sock},server=on,wait=off,logfile={logfile}",
               "-serial", "chardev:console"]
    return command[:at] + console + command[at + 1:]


def wait_for_socket(qemu, path):
    while not os.path.exists(path):
        if qemu.poll() is not None:
            raise run.Bad(f"QEMU ended with status {qemu.returncode}")
        time.sleep(0.02)


def debug(opt, gdb_arguments):
    console, logfile = opt.image("console.sock"), opt.image("console.log")
    with run.Disks(opt) as disks, tempfile.TemporaryDirectory(prefix="manul-gdb-") as folder:
        command = run.qemu_command(opt, disks.main, disks.extra)
        run.check_tools(opt, command)
        stub = os.path.join(folder, "gdb.sock")
        command = serial_on_socket(command, console, logfile)
        command += ["-S", "-chardev", f"socket,path={stub},server=on,wait=off,id=gdb", "-gdb", "chardev:gdb"]
        # A session of its own: Ctrl-C is gdb's.
        qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for_socket(qemu, stub)
            print(f"gdb: console in {logfile}; type at it with: socat -,raw,echo=0 UNIX-CONNECT:{console}", flush=True)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            # The machine's gdb stub names the architecture; the ELF file has the symbols.
            return subprocess.call(["gdb-multiarch", "-q", opt.image("kernel.elf"), "-ex", "set confirm off", "-ex", "set pagination off",
                                    "-x", os.path.join(os.path.dirname(os.path.abspath(__file__)), "gdbinit"),
                                    "-ex", f"target remote {stub}", *gdb_arguments],
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        finally:
            if qemu.poll() is None:
                qemu.kill()
            qemu.wait()
            if os.path.exists(console):
                os.unlink(console)


def main():
    try:
        return debug(run.Options(dict(os.environ, GDB="", CMD="")), sys.argv[1:])
    except run.Bad as e:
        print(f"gdb: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
