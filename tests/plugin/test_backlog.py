"""What waits to be stored together waits a second at most, and keeps its order."""

from __future__ import annotations

from daemon.plugin.backlog import LONGEST_S, Backlog
from tests.fakes import FakeClock


def test_pieces_come_out_once_and_in_their_order() -> None:
    backlog = Backlog[str](FakeClock().monotonic)

    for piece in "abc":
        backlog.add(piece)

    assert backlog.taken() == ["a", "b", "c"]
    assert backlog.taken() == []


def test_it_is_due_once_its_first_piece_has_waited_long_enough() -> None:
    clock = FakeClock()
    backlog = Backlog[str](clock.monotonic)
    clock.move(10.0)
    assert not backlog.is_due()

    backlog.add("a")
    clock.move(LONGEST_S * 0.75)
    backlog.add("b")
    assert not backlog.is_due()

    clock.move(LONGEST_S * 0.25)
    assert backlog.is_due()
    backlog.taken()
    assert not backlog.is_due()
