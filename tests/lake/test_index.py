"""The index of parts: as fast as a file, and never believed against the manifests."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from daemon.domain.market.kinds import KINDS, Rank
from daemon.lake import index
from daemon.lake.index import load_index
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.manifest import Provenance, load_manifest
from daemon.lake.writer import Origin, write_rows
from daemon.plugin.roles import Request
from tests.lake.flatfiles import FakeSource, batch, opening
from tests.lake.test_writer import START_2024, YEAR, rows

ALL = Request("minute")
MONDAY = date(2024, 1, 8)
MINUTE = KINDS["minute"]


def many(count: int) -> FakeSource:
    """So many symbols with one bar."""
    bars = [batch(f"S{k:03d}", [opening(MONDAY)], [9.0]) for k in range(count)]
    return FakeSource({MONDAY: bars})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The manifests that the index reads."""
    found: list[Path] = []

    def counted(path: Path) -> object:
        found.append(path)
        return load_manifest(path)

    monkeypatch.setattr(index, "load_manifest", counted)
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Manifests are old at once."""
    monkeypatch.setattr(index, "_TICK_NS", 0)


@pytest.mark.usefixtures("patient")
def test_after_an_ingestion_no_manifest_is_opened(lake: Lake, opened: list[Path]) -> None:
    ingest(lake, many(30), ALL)
    opened.clear()

    assert len(lake.inventory()) == 30
    assert lake.symbols() == tuple(f"S{k:03d}" for k in range(30))
    assert opened == []


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b""), Path.unlink])
def test_without_its_file_the_index_is_made_again(
    lake: Lake, opened: list[Path], damage: Callable[[Path], None]
) -> None:
    ingest(lake, many(3), ALL)
    before = lake.inventory()
    damage(lake.layout.index)
    opened.clear()

    assert lake.inventory() == before
    assert len(opened) == 3
    assert lake.inventory() == before
    assert len(opened) == 3


@pytest.mark.parametrize("place", [0, 10, 40, 63, 64, 200, -300, -1])
def test_a_flipped_bit_in_the_index_counts_as_no_index(lake: Lake, place: int) -> None:
    ingest(lake, many(3), ALL)
    before, content = lake.inventory(), bytearray(lake.layout.index.read_bytes())
    content[place] ^= 4
    lake.layout.index.write_bytes(bytes(content))

    assert lake.inventory() == before


@pytest.mark.usefixtures("patient")
def test_a_manifest_that_was_replaced_by_hand_is_noticed(lake: Lake, opened: list[Path]) -> None:
    ingest(lake, many(3), ALL)
    opened.clear()
    write_rows(lake.layout, MINUTE, "S001", rows([START_2024], [5.0]), Origin("hand"))

    assert [one.rows for one in lake.inventory()] == [1, 2, 1]
    assert [path.parent.name for path in opened] == ["S001"]


def test_a_manifest_changed_within_a_tick_of_the_clock_is_noticed(lake: Lake) -> None:
    ingest(lake, many(2), ALL)
    path, other = (lake.layout.manifest("minute", name) for name in ("S000", "S001"))
    before = path.stat()
    text = other.read_text().replace("S001", "S000").replace('"rows": 1', '"rows": 7')
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size

    assert [one.rows for one in lake.inventory()] == [7, 1]


@pytest.mark.usefixtures("patient")
def test_symbols_that_come_and_go_are_noticed(lake: Lake) -> None:
    ingest(lake, many(3), ALL)
    lake.layout.manifest("minute", "S001").unlink()
    write_rows(lake.layout, MINUTE, "S0015", rows([START_2024], [5.0]), Origin("hand"))

    assert [one.symbol for one in lake.inventory()] == ["S000", "S0015", "S002"]


def test_a_manifest_that_cannot_be_read_leaves_the_others(lake: Lake) -> None:
    ingest(lake, many(3), ALL)
    lake.layout.manifest("minute", "S001").write_text("{")

    assert [one.symbol for one in lake.inventory()] == ["S000", "S002"]
    ((kind, symbol, sentence),) = load_index(lake.layout).broken
    assert (kind, symbol) == ("minute", "S001")
    assert "expected a manifest of version 2" in sentence


@pytest.fixture
def large(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with more symbols than are looked at."""
    monkeypatch.setattr(index, "LOOKED_AT", 2)
    ingest(lake, many(3), ALL)
    return lake


def test_a_large_lake_at_rest_is_told_without_a_look_at_it(
    large: Lake, opened: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_stamps", lambda layout: pytest.fail("looked"))

    assert len(large.inventory()) == 3
    assert opened == []


def test_a_large_lake_is_looked_at_while_somebody_writes(large: Lake) -> None:
    with single_writer(large.layout):
        write_rows(large.layout, MINUTE, "S001", rows([START_2024], [5.0]), Origin("hand"))

        assert [one.rows for one in large.inventory()] == [1, 2, 1]
    assert [one.rows for one in large.inventory()] == [1, 2, 1]


def test_a_large_lake_whose_writer_was_killed_is_looked_at(large: Lake) -> None:
    index.open_index(large.layout)
    write_rows(large.layout, MINUTE, "S001", rows([START_2024], [5.0]), Origin("hand"))

    assert [one.rows for one in large.inventory()] == [1, 2, 1]


def test_an_index_older_than_the_last_writer_is_not_believed(large: Lake) -> None:
    old = large.layout.index.read_bytes()
    with single_writer(large.layout):
        write_rows(large.layout, MINUTE, "S001", rows([START_2024], [5.0]), Origin("hand"))
    large.layout.index.write_bytes(old)

    assert [one.rows for one in large.inventory()] == [1, 2, 1]


def test_a_symbol_folder_that_came_by_hand_is_noticed_in_a_large_lake(large: Lake) -> None:
    write_rows(large.layout, MINUTE, "S009", rows([START_2024], [5.0]), Origin("hand"))

    assert len(large.inventory()) == 4


def test_provenance_is_told_for_parts_and_added_up_for_symbols(lake: Lake) -> None:
    asked, filed = Origin("asked"), Origin("filed", rank=Rank.DAY_FILE)
    late = START_2024 + YEAR
    write_rows(lake.layout, MINUTE, "A", rows([START_2024, late], [5.0, 6.0]), asked)
    write_rows(lake.layout, MINUTE, "A", rows([late + 86_400 * 10**9], [7.0]), filed)

    (held,) = lake.inventory()
    first, second = lake.parts()

    assert held.parts == 2
    assert set(held.origins) == {Provenance("asked", 2, 2), Provenance("filed", 3, 1)}
    assert (first.period, first.origins) == ("2024", (Provenance("asked", 2, 1),))
    assert (second.period, second.start, second.end) == (
        "2025",
        date(2025, 1, 1),
        date(2025, 1, 2),
    )
    assert set(second.origins) == {Provenance("asked", 2, 1), Provenance("filed", 3, 1)}
    assert (held.start, held.end) == (first.start, second.end)


def test_an_empty_lake_has_no_index_and_makes_no_folder(tmp_path: Path) -> None:
    assert Lake(tmp_path / "none").inventory(gaps=False) == ()
    assert not (tmp_path / "none").exists()


def test_what_a_killed_writer_left_of_the_index_is_swept(lake: Lake) -> None:
    ingest(lake, many(1), ALL)
    folder = lake.layout.index.parent / ".temporary"
    folder.mkdir(exist_ok=True)
    left, foreign = folder / f"{lake.layout.index.name}-abc", folder / "sessions.npy-abc"
    left.write_bytes(b"half")
    foreign.write_bytes(b"of another process")

    with single_writer(lake.layout):
        assert (left.exists(), foreign.exists()) == (False, True)
    foreign.unlink()
