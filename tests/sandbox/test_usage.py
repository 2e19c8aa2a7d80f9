"""`adcheck.sandbox.usage`: what a real process uses, beside what psutil says of it."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from adcheck.sandbox import usage as module
from adcheck.sandbox.usage import Usage, usage

BUSY = """
import threading, time
start = time.process_time()
while time.process_time() - start < 0.3:
    pass
kept = bytearray(50_000_000)
threads = [threading.Thread(target=time.sleep, args=(60,), daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture(params=[True, False], ids=["read", "asked of psutil"])
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and sys.platform != "linux":
        pytest.skip("there are no such files here")
    monkeypatch.setattr(module, "_HAS_PROC", request.param)


@pytest.mark.usefixtures("platform")
def test_a_process_uses_what_psutil_says() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        told, times = usage(process.pid), psutil.Process(process.pid).cpu_times()
        process.kill()

    assert told.cpu_seconds == pytest.approx(times.user + times.system, abs=0.05)
    assert told.cpu_seconds >= 0.25
    assert told.resident_bytes > 50_000_000
    assert told.threads == 4


@pytest.mark.usefixtures("platform")
def test_a_process_that_is_gone_uses_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert usage(process.pid) == Usage()


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's files")
def test_the_name_of_a_process_is_not_read_as_numbers() -> None:
    hostile = "import ctypes, time; ctypes.CDLL(None).prctl(15, b') 1 2 (x', 0, 0, 0)\n"
    program = hostile + "sum(range(5_000_000)); print('ready', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        told = usage(process.pid)
        process.kill()
    assert told.threads == 1
    assert 0 < told.cpu_seconds < 10
