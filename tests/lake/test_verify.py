"""Broken parts and killed writers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.kinds import KINDS, Rank
from daemon.lake.files import FAULT_POINTS
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.parquet import encode
from daemon.plugin.roles import Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening
from tests.lake.test_ingest import source

ALL = Request("minute")
REPOSITORY = Path(__file__).resolve().parents[2]


def earlier() -> FakeSource:
    """What a lake may hold before `source` comes in: a bar that will change, and one that stays."""
    day = date(2024, 1, 8)
    friday = date(2024, 1, 5)
    return FakeSource(
        {
            friday: [batch("A", [opening(friday)], [9.0])],
            day: [batch("A", [opening(day)], [9.5])],
        },
        name="earlier",
    )


def filed() -> FakeSource:
    """The day files of what `source` was asked for: one bar differs, one is more, one is less."""
    monday, tuesday = (opening(date(2024, 1, day)) for day in (8, 9))
    days = {
        date(2024, 1, 8): [batch("A", [monday, monday + 2 * MINUTE], [10.0, 11.5], "file")],
        date(2024, 1, 9): [batch("A", [tuesday], [12.0], "file"), batch("B", [tuesday], [8.0])],
    }
    ranked = {day: [replace(one, rank=Rank.DAY_FILE) for one in held] for day, held in days.items()}
    return FakeSource(ranked, name="filed")


def wide() -> FakeSource:
    """Thirty symbols with 300 minutes each."""
    day = date(2024, 1, 8)
    stamps = [opening(day) + k * MINUTE for k in range(300)]
    prices = [50.0 + (k % 17) / 8 for k in range(300)]
    return FakeSource({day: [batch(f"S{k:02d}", stamps, prices) for k in range(30)]})


@pytest.mark.parametrize("several", [False, True])
def test_a_writer_killed_anywhere_leaves_a_lake_that_reads_and_can_go_on(
    tmp_path: Path, fingerprint: Callable[[Path], dict[str, str]], several: bool
) -> None:
    whole = Lake(tmp_path / "whole")
    given = [source, filed] if several else [source]
    for one in (earlier, *given):
        ingest(whole, one(), ALL)
    program = [sys.executable, "-m", "tests.lake.crash", str(tmp_path), "several"]
    done = subprocess.run(
        program if several else program[:-1],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    killed = json.loads(done.stdout)
    assert {name.rsplit("-", 1)[0] for name in killed} == set(FAULT_POINTS)

    for name in killed:
        torn = Lake(tmp_path / name)
        assert torn.verify() == ()
        assert torn.read_symbol("minute", "A")["close"].tolist() in STATES, name

        reports = [ingest(torn, one(), ALL) for one in given]

        assert [report.failed for report in reports] == [()] * len(given)
        assert list(torn.layout.temporary.iterdir()) == []
        assert fingerprint(torn.layout.root) == fingerprint(whole.layout.root), name


STATES = (
    [9.0, 9.5],
    [9.0, 10.0, 11.0],
    [9.0, 10.0, 11.0, 12.0],
    [9.0, 10.0, 11.5, 12.0],
)
"""Closes of A after each commit, of one source or of both."""


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(bytes(content))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _remove(path: Path) -> None:
    path.unlink()


def _other_schema(path: Path) -> None:
    kind = KINDS["splits"]
    path.write_bytes(encode(kind, {n: np.ones(3, dtype=d) for n, d in kind.columns}))


DAMAGES = [_truncate, _flip, _empty, _remove, _other_schema]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_is_found_set_aside_and_fetched_again(
    lake: Lake,
    damage: Callable[[Path], None],
    fingerprint: Callable[[Path], dict[str, str]],
) -> None:
    ingest(lake, wide(), ALL)
    before = fingerprint(lake.layout.root)
    (part,) = lake.layout.folder("minute", "S07").glob("*.parquet")
    damage(part)

    found = lake.verify()
    mended = lake.repair()

    assert [(one.kind, one.symbol, one.file) for one in found] == [("minute", "S07", part.name)]
    assert "nightshift lake repair" in found[0].message
    assert mended == found
    assert lake.verify() == ()
    assert ingest(lake, wide(), ALL).rows == 300
    after = fingerprint(lake.layout.root)
    assert {k: v for k, v in after.items() if not k.startswith(".quarantine")} == before


def test_a_manifest_that_was_moved_to_another_symbol_is_noticed(lake: Lake) -> None:
    ingest(lake, wide(), ALL)
    os.replace(lake.layout.manifest("minute", "S03"), lake.layout.manifest("minute", "S04"))

    assert [(one.symbol, one.file) for one in lake.verify()] == [("S04", "manifest.json")]
