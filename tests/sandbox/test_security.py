"""What the end of a child says: an attack, a crash, and never the words of a child."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.sandbox.answers import reason_of_end, reason_of_record
from daemon.sandbox.security import reason_of_signal, shown_name
from daemon.sandbox.slot import Exit
from daemon.sandbox.wire import Record, Verdict


@pytest.mark.parametrize("number", [signal.SIGSYS, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL])
def test_some_signals_are_an_attack(number: signal.Signals) -> None:
    reason = reason_of_end(Exit(int(number)), 1.0)

    assert (reason.code, reason.end) == ("security", number.name)
    assert number.name in reason.message


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGABRT, signal.SIGHUP])
def test_others_are_a_crash(number: signal.Signals) -> None:
    assert reason_of_signal(number).code == "crashed"
    assert reason_of_signal(number).end == number.name


def test_time_and_memory_are_no_attack() -> None:
    assert reason_of_end(Exit(int(signal.SIGKILL), late=True), 1.0).end == "deadline"
    assert reason_of_end(Exit(int(signal.SIGXCPU)), 1.0).end == "processor time"


@given(st.text(max_size=64))
def test_a_name_that_a_child_invents_is_never_told(name: str) -> None:
    message = reason_of_record(Record(Verdict.RAISED, 3, f"{name}x_of_mine")).message

    assert message == "it raised an error"


@pytest.mark.parametrize("name", ["ZeroDivisionError", "AxisError", "_UFuncNoLoopError"])
def test_a_name_that_python_or_numpy_has_is_told(name: str) -> None:
    assert shown_name(name) == name
