"""A computation that takes for ever is given up."""

import signal
import sys
import threading

import pytest

from adcheck.slicing.patience import OutOfPatienceError, at_most

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")


def count(steps: int) -> int:
    number = 0
    for _ in range(steps):
        number += 1
    return number


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(OutOfPatienceError), at_most(0.05):
        count(10**10)


def test_what_is_quick_is_not_disturbed_then_or_later() -> None:
    with at_most(0.05):
        assert count(10) == 10
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert count(3_000_000) == 3_000_000


def test_in_another_thread_nothing_is_bounded() -> None:
    done = []

    def run() -> None:
        with at_most(1e-6):
            done.append(count(1_000_000))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [1_000_000]
