#!/usr/bin/python3
"""foreign.py ARCH: fetch programs that nobody here wrote into build/cache, and print where they are.

Debian's busybox-static: one static program for each machine, run unchanged by the tests. What is fetched is pinned by its
SHA-256; once in the cache no network is asked again. Without network, and with nothing in the cache, the status is 1 and a
line says so.
"""
import hashlib
import io
import os
import sys
import tarfile
import urllib.request

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.join(TREE, "build", "cache")
POOL = "http://deb.debian.org/debian/pool/main/b/busybox/"
PACKAGES = {
    # Debian 12 has no riscv64: that one is Debian 13's.
    "aarch64": ("busybox-static_1.35.0-4+deb12u1+b1_arm64.deb",
                "732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5"),
    "riscv64": ("busybox-static_1.37.0-6+b9_riscv64.deb",
                "4add476d2b185c5b487c285b38d790f0881a7e4a8e2ddde835f917e770eb8633"),
}


class NotThere(Exception):
    """The package cannot be had, and why."""


def package(arch):
    """The package's bytes, from the cache or the network; never other bytes than the pinned ones."""
    name, digest = PACKAGES[arch]
    path = os.path.join(CACHE, name)
    if not os.path.exists(path):
        try:
            with urllib.request.urlopen(POOL + name, timeout=60) as reply:
                data = reply.read()
        except OSError as e:
            raise NotThere(f"{POOL + name}: {e}; nothing in {CACHE} either") from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise NotThere(f"{POOL + name}: not the bytes that tools/foreign.py pins")
        os.makedirs(CACHE, exist_ok=True)
        with open(f"{path}.{os.getpid()}", "wb") as f:
            f.write(data)
        os.replace(f.name, path)
    with open(path, "rb") as f:
        data = f.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise NotThere(f"{path}: damaged; remove it")
    return data


def members(ar):
    """A Debian package is an ar archive: its members by name."""
    found, at = {}, 8
    while at + 60 <= len(ar):
        name, size = ar[at:at + 16].decode().strip().rstrip("/"), int(ar[at + 48:at + 58])
        found[name] = ar[at + 60:at + 60 + size]
        at += 60 + size + size % 2
    return found


def busybox(arch):
    """Where this machine's busybox lies in a folder of its own, unpacked when it is not there yet."""
    path = os.path.join(CACHE, f"busybox-{arch}", "busybox")
    if not os.path.exists(path):
        with tarfile.open(fileobj=io.BytesIO(members(package(arch))["data.tar.xz"]), mode="r:xz") as tar:
            program = next(m for m in tar if os.path.basename(m.name) == "busybox" and m.isfile() and "bin/" in m.name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(f"{path}.{os.getpid()}", "wb") as f:
                f.write(tar.extractfile(program).read())
        os.chmod(f.name, 0o755)
        os.replace(f.name, path)
    return path


if __name__ == "__main__":
    try:
        print(busybox(sys.argv[1]))
    except NotThere as e:
        sys.exit(f"foreign.py: {e}")
