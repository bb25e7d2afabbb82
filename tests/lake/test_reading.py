"""Parts read ahead, piece by piece."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from daemon.lake import reading
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.reader import read_columns
from daemon.lake.reading import read_ahead
from daemon.plugin.roles import Batch, Part, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

DAYS = [date(2024, 1, day) for day in (8, 9, 10, 11)]
ALL = Request("minute")


def many(day: date, count: int = 10) -> list[Batch]:
    """Some symbols of five bars each."""
    stamps = [opening(day) + k * MINUTE for k in range(5)]
    return [batch(f"S{k:02d}", stamps, [5.0] * 5) for k in range(count)]


@pytest.fixture
def source() -> FakeSource:
    """Four days of ten symbols."""
    return FakeSource({day: many(day) for day in DAYS})


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE_ROWS", 10)


def nothing(size: int, of: int) -> None:
    """Nobody is told."""


def test_parts_come_in_order_in_pieces_and_each_ends_once(source: FakeSource) -> None:
    parts = source.parts(ALL)

    found = list(read_ahead(source, ALL, parts, nothing))

    keys = [part.key for part, _ in found]
    assert keys == sorted(keys)
    assert [part for part, piece in found if piece.last] == parts
    assert all(len(piece.batches) <= 2 for _, piece in found)
    assert sum(len(piece.batches) for _, piece in found) == 40


def test_one_who_stops_taking_leaves_no_reader_behind(source: FakeSource) -> None:
    pieces = read_ahead(source, ALL, source.parts(ALL), nothing)
    next(pieces)

    pieces.close()

    assert not [one for one in threading.enumerate() if one.name.startswith("ingest")]


class Crashing(FakeSource):
    """A source with a bug."""

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        yield from many(DAYS[0], 3)
        raise RuntimeError("a bug of the source")


def test_what_a_source_raises_besides_refusals_reaches_the_caller() -> None:
    source = Crashing({DAYS[0]: []})

    with pytest.raises(RuntimeError, match="a bug of the source"):
        list(read_ahead(source, ALL, source.parts(ALL), nothing))


def test_a_part_that_fails_after_some_pieces_were_written_is_not_done(lake: Lake) -> None:
    small = Lake(lake.layout.root, buffer_rows=10)
    source = FakeSource({DAYS[0]: many(DAYS[0])}, broken={DAYS[0]: "line 99: broken"})

    first = ingest(small, source, ALL)
    second = ingest(small, source, ALL)

    assert (first.rows, second.rows) == (50, 0)
    assert (first.parts, second.parts) == (1, 1)
    assert [sentence for _, sentence in second.failed] == ["line 99: broken"]
    assert len(read_columns(lake.layout, "minute", "S09")["close"]) == 5


def test_the_rows_are_the_same_however_they_are_cut(
    lake: Lake, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(lake, source, ALL)
    digest = lake.digest()
    monkeypatch.setattr(reading, "PIECE_ROWS", 1_000)

    ingest(lake, source, ALL, force=True)

    assert lake.digest() == digest
    assert np.all(read_columns(lake.layout, "minute", "S00")["close"] == 5.0)


def test_refusals_are_told_with_their_part(source: FakeSource) -> None:
    source.broken[DAYS[1]] = "line 3: broken"

    found = list(read_ahead(source, ALL, source.parts(ALL), nothing))

    told = [(part.key, piece.failed) for part, piece in found if piece.failed]
    assert told == [(f"day {DAYS[1]}", ("line 3: broken",))]
