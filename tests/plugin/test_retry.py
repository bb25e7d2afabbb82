"""Tries again as a policy says, and never faster than the other side allows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.plugin.retry import Pace, RetryPolicy, TryAgain, Waiting, retried, retry_after_s

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def waiting(self, draw: float = 1.0) -> Waiting:
        return Waiting(self.sleep, lambda: self.now, lambda: draw)


class Failing:
    """A call that fails so many times, and counts its tries."""

    def __init__(self, times: int, after_s: float = 0.0) -> None:
        self.times, self.after_s, self.tries = times, after_s, 0

    def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.times:
            raise TryAgain(f"try {self.tries} failed", self.after_s)
        return "answered"


def test_a_call_is_tried_until_it_answers() -> None:
    clock, call = Clock(), Failing(3)

    assert retried(call, RetryPolicy(attempts=5), clock.waiting()) == "answered"
    assert clock.slept == [1.0, 2.0, 4.0]


def test_the_last_failure_is_told_once_the_tries_are_used_up() -> None:
    clock, call = Clock(), Failing(9)

    with pytest.raises(TryAgain, match="try 4 failed"):
        retried(call, RetryPolicy(attempts=4), clock.waiting())
    assert (call.tries, len(clock.slept)) == (4, 3)


def test_what_the_other_side_asks_for_is_a_minimum_even_past_the_cap() -> None:
    clock, call = Clock(), Failing(2, after_s=90.0)

    retried(call, RetryPolicy(cap_s=10.0, deadline_s=600.0), clock.waiting(draw=0.0))

    assert clock.slept == [90.5, 91.0]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock, call = Clock(), Failing(9, after_s=400.0)

    with pytest.raises(TryAgain):
        retried(call, RetryPolicy(deadline_s=300.0), clock.waiting())
    assert (call.tries, clock.slept) == (1, [])


def test_an_error_that_no_try_cures_is_raised_at_once() -> None:
    clock = Clock()

    def refused() -> None:
        raise ValueError("wrong key")

    with pytest.raises(ValueError, match="wrong key"):
        retried(refused, RetryPolicy(), clock.waiting())
    assert clock.slept == []


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True), st.floats(0, 1000))
@settings(max_examples=100, deadline=None)
def test_a_pause_lies_between_half_and_the_whole_of_its_step(
    failures: int, draw: float, least: float
) -> None:
    policy = RetryPolicy(first_s=0.5, cap_s=30.0)
    full = min(30.0, 0.5 * 2.0 ** (failures - 1))

    pause = policy.pause(failures, draw, least)

    assert least + full / 2 <= pause <= least + full


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("", 0.0),
        ("7", 7.0),
        ("-3", 0.0),
        ("1.5", 1.5),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", 0.0),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(header: str | None, seconds: float) -> None:
    assert retry_after_s(header, NOW) == seconds


def test_a_pace_keeps_calls_apart() -> None:
    clock = Clock()
    pace = Pace(per_minute=30, waiting=clock.waiting())

    for _ in range(4):
        pace.wait()

    assert clock.slept == [2.0, 2.0, 2.0]


def test_a_pace_slows_down_before_the_limit_is_reached() -> None:
    clock = Clock()
    pace = Pace(waiting=clock.waiting())
    pace.told(limit=200, remaining=150, renewed_s=30.0)
    pace.wait()
    pace.wait()
    assert clock.slept == []

    pace.told(limit=200, remaining=10, renewed_s=30.0)
    for _ in range(3):
        pace.wait()

    assert clock.slept == [3.0, 3.0, 3.0]


def test_a_used_up_limit_is_waited_out() -> None:
    clock = Clock()
    pace = Pace(waiting=clock.waiting())
    pace.told(limit=200, remaining=0, renewed_s=42.0)

    pace.wait()
    pace.told(limit=200, remaining=199, renewed_s=60.0)
    pace.wait()

    assert clock.slept == [42.0]
