"""Patience: `retry-after` is a minimum, breakers open longer each time, a bill ends it."""

from __future__ import annotations

import pytest

from plugins.anthropic_swarm.patience import Kind, Patience, Setback


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def waited(patience: Patience, seconds: Seconds) -> float:
    """Seconds until it may be asked again."""
    began = seconds.now
    while patience.waits:
        seconds.now += 0.5
    return seconds.now - began


@pytest.mark.parametrize(
    ("setback", "least", "most"),
    [
        (Setback(Kind.LIMITED, "", 7.0), 7.0, 9.0),
        (Setback(Kind.LIMITED, ""), 3599.0, 3601.0),
        (Setback(Kind.OVERLOADED, ""), 59.0, 61.0),
        (Setback(Kind.OVERLOADED, "", 120.0), 120.0, 122.0),
        (Setback(Kind.BROKEN, ""), 4.0, 6.0),
    ],
)
def test_each_kind_of_setback_has_its_pause(setback: Setback, least: float, most: float) -> None:
    seconds = Seconds()
    patience = Patience(seconds)

    patience.told(setback)

    assert least <= waited(patience, seconds) <= most


def test_a_breaker_stays_open_twice_as_long_each_time_until_all_is_well() -> None:
    seconds = Seconds()
    patience, pauses = Patience(seconds), []

    for _ in range(7):
        patience.told(Setback(Kind.OVERLOADED, ""))
        pauses.append(waited(patience, seconds))
    patience.well()
    patience.told(Setback(Kind.OVERLOADED, ""))

    assert pauses == [60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0]
    assert waited(patience, seconds) == 60.0


def test_a_refused_key_is_never_asked_again() -> None:
    seconds = Seconds()
    patience = Patience(seconds)

    patience.told(Setback(Kind.STOPPED, "the service answered 401: no"))
    seconds.now += 10.0**9

    assert patience.waits
    assert patience.stopped == "the service answered 401: no"


def test_a_request_that_is_wrong_keeps_no_other_waiting() -> None:
    patience = Patience(Seconds())

    patience.told(Setback(Kind.WRONG, "the service answered 400: extra inputs"))

    assert not patience.waits
