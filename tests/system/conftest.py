"""Logs for every test, in build/test-logs/, and the machines as fixtures."""
import os
import re

import pytest

from machine import MACHINES, TREE, Machine, unattended

LOGS = os.path.join(TREE, "build", "test-logs")


@pytest.fixture
def log(request):
    """The log of this test: everything that the console printed."""
    os.makedirs(LOGS, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", request.node.nodeid.split("/")[-1]).strip("_")
    path = os.path.join(LOGS, name + ".log")
    request.node.user_properties.append(("log", path))
    with open(path, "w", encoding="utf-8", errors="replace") as f:
        yield f


@pytest.fixture(params=MACHINES)
def arch(request):
    return request.param


@pytest.fixture
def boot(log, arch):
    """boot(SMP=4, ...): a machine at its prompt, ended after the test."""
    started = []

    def start(**options):
        machine = Machine(log, options.pop("ARCH", arch), **options)
        started.append(machine)
        return machine.__enter__()
    yield start
    for machine in started:
        machine.__exit__(None, None, None)


@pytest.fixture
def unattended_run(log, arch):
    """unattended_run("ls /bin", SMP=1): status and console."""
    return lambda cmd, **options: unattended(log, arch, cmd, **options)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    for key, path in item.user_properties:
        if key == "log" and report.failed and report.when == "call":
            report.sections.append(("log", os.path.relpath(path, TREE)))
