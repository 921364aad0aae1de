"""What runs on the host: mm/ and lib/ under sanitizers, what mm/ may need, and the book."""
import glob
import os
import subprocess

import pytest

from machine import MACHINES, TREE

HOST_TESTS = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TREE, "tests/host/*_test.c")))


def checked(log, *command, **more):
    done = subprocess.run(command, cwd=TREE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", **more)
    log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.parametrize("name", HOST_TESTS)
@pytest.mark.parametrize("pte", MACHINES)
def test_host(log, pte, name):
    """Once with each machine's page-table entries."""
    text = checked(log, os.path.join("build", "host", pte, name), timeout=600)
    assert " 0 failed" in text


@pytest.mark.parametrize("name", ["segpool_test", "malloc_test"])
def test_host_threads(log, name):
    """What has threads has no data races either, says ThreadSanitizer."""
    checked(log, "make", "--no-print-directory", f"build/host/tsan/{name}", timeout=600)
    assert " 0 failed" in checked(log, f"build/host/tsan/{name}", timeout=600)


LIBC_TESTS = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TREE, "tests/libc/*_test.c")))


@pytest.mark.parametrize("name", LIBC_TESTS)
def test_host_libc(log, name):
    """The C library of programs beside the host's."""
    assert " 0 failed" in checked(log, f"build/host/libc/{name}", timeout=600)


@pytest.mark.parametrize("name", sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TREE, "tests/fs/*_test.c"))))
def test_host_fat(log, name):
    """kernel/fs as it is, over a disk in memory."""
    assert " 0 failed" in checked(log, f"build/host/fs/{name}", timeout=600)


@pytest.mark.parametrize("arch", MACHINES)
def test_host_mm_needs_only_its_port(log, arch):
    checked(log, "make", "--no-print-directory", f"ARCH={arch}", "check-mm")


def test_host_mutants_apply(log):
    """A bug that cannot be put in any more tests nothing."""
    checked(log, "tools/mutants.py", "--list")


def test_host_mutants_are_killed(log):
    """`make mutants` takes minutes; a few bugs of different kinds show that it works."""
    checked(log, "make", "--no-print-directory", "build/mutants/base", timeout=600)
    sample = ["buddy-merge-left-only", "kmalloc-undersized-2048", "vmap-worst-fit", "pt-no-break-before-make", "fault-cow-ignores-refs",
              "region-stock-leaks", "txn-oldest-first"]
    text = checked(log, "tools/mutants.py", *sample, timeout=600)
    assert f"{len(sample)} killed, 0 survived" in text


FUZZ_TARGETS = sorted(os.path.basename(p)[:-len("_fuzz.c")] for p in glob.glob(os.path.join(TREE, "tests/fuzz/*_fuzz.c")))


@pytest.mark.parametrize("target", FUZZ_TARGETS)
def test_host_fuzz(log, target):
    """A short run: `make fuzz` looks longer."""
    checked(log, "make", "--no-print-directory", f"fuzz-{target}", "FUZZ_RUNS=2000", timeout=900)


def test_host_wasm(log):
    """Pointers of 32 bits, and nothing of C but what lib/ has."""
    text = checked(log, "make", "--no-print-directory", "wasm", timeout=600)
    assert text.count("the self test passed") == len(MACHINES)


def test_docs(log):
    """A warning is an error."""
    checked(log, "make", "--no-print-directory", "docs", timeout=600)


def test_every_header_compiles_alone(log):
    for arch in MACHINES:
        inc = ["-Ilib/include", "-Imm/include", "-Iarch/include", f"-Iarch/{arch}/include", "-Ikernel/include"]
        headers = [h for top in ("lib", "mm", "arch", "kernel") for h in glob.glob(f"{top}/**/include/**/*.h", root_dir=TREE, recursive=True)
                   if not h.startswith("arch/") or h.startswith(("arch/include/", f"arch/{arch}/"))]
        assert headers
        source = "".join(f'"{h}"\n' for h in headers)
        log.write(source)
        machine = ["-mgeneral-regs-only"] if arch == "aarch64" else ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64"]
        for header in headers:
            checked(log, f"{arch}-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-fsyntax-only", "-Wno-unused",
                    *machine, *inc, "-x", "c", header, "-w")


def test_every_header_of_programs_compiles_alone(log):
    """In C11 without extensions, and in C99; and all of them together."""
    headers = sorted(glob.glob("user/include/**/*.h", root_dir=TREE, recursive=True))
    assert len(headers) > 40
    gcc = ["riscv64-linux-gnu-gcc", "-ffreestanding", "-fsyntax-only", "-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-I.", "-Iuser/include",
           "-Ilib/include", "-Wall", "-Werror", "-x", "c", "-"]
    for names, std in [*(([h], ["-std=c11", "-pedantic"]) for h in headers), (headers, ["-std=c99"])]:
        source = "".join(f'#include "{h}"\n' for h in names) + "typedef int some;\n"
        done = subprocess.run([*gcc, *std], cwd=TREE, input=source, text=True, capture_output=True)
        log.write(f"{names} {std}\n{done.stderr}")
        assert done.returncode == 0, done.stderr[-2000:]
