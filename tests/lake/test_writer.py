"""Rows into parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.kinds import KINDS, Columns, Rank
from daemon.errors import BadDataError
from daemon.lake import reader
from daemon.lake.lake import Lake
from daemon.lake.manifest import Provenance, load_manifest
from daemon.lake.quarantine import held_manifest
from daemon.lake.reader import read_columns
from daemon.lake.verify import verify_all
from daemon.lake.writer import Origin, sweep_orphans, write_rows

REAL = Origin("hand")
MADE_UP = Origin("simulated seed 7", True)
MINUTE = KINDS["minute"]
START_2024 = 1_704_067_200_000_000_000 + 15 * 3_600_000_000_000
YEAR = 366 * 86_400_000_000_000


def rows(stamps: list[int], prices: list[float]) -> Columns:
    """Bars whose prices are all the same."""
    price = np.array(prices, dtype=np.float64)
    count = len(stamps)
    return {
        "open_time": np.array(stamps, dtype=np.int64),
        **dict.fromkeys(("open", "high", "low", "close"), price),
        "volume": np.ones(count),
        "transactions": np.zeros(count, dtype=np.int64),
    }


def test_writing_the_same_rows_again_changes_not_a_byte(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    new = rows([START_2024, START_2024 + 1], [5.0, 6.0])
    assert write_rows(lake.layout, MINUTE, "A", new, REAL).changed == 2
    before = fingerprint(lake.layout.root)

    assert write_rows(lake.layout, MINUTE, "A", new, REAL).changed == 0

    assert fingerprint(lake.layout.root) == before


def test_the_same_rows_in_any_order_of_writing_give_the_same_part(
    tmp_path: Path, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    one, other = Lake(tmp_path / "one"), Lake(tmp_path / "other")
    first, second = rows([START_2024], [5.0]), rows([START_2024 + 9], [6.0])
    for lake, pieces in ((one, (first, second)), (other, (second, first))):
        for piece in pieces:
            write_rows(lake.layout, MINUTE, "A", piece, REAL)

    assert fingerprint(one.layout.root) == fingerprint(other.layout.root)


def test_minutes_have_a_part_a_year_and_days_one_for_all(lake: Lake) -> None:
    new = rows([START_2024, START_2024 + YEAR], [5.0, 6.0])
    write_rows(lake.layout, MINUTE, "A", new, REAL)
    write_rows(lake.layout, KINDS["day"], "A", new, REAL)

    minute = load_manifest(lake.layout.manifest("minute", "A"))
    day = load_manifest(lake.layout.manifest("day", "A"))

    assert minute is not None
    assert day is not None
    assert [part.period for part in minute.parts] == ["2024", "2025"]
    assert [part.period for part in day.parts] == ["all"]
    assert minute.parts[0].file == f"2024-{minute.parts[0].sha256[:12]}.parquet"
    assert (minute.parts[0].first, minute.parts[0].last) == (START_2024, START_2024)
    assert minute.parts[0].origins == (Provenance("hand", Rank.ANSWER, 1),)


def test_the_last_hours_of_a_year_stay_in_it(lake: Lake) -> None:
    midnight_utc = 1_735_689_600_000_000_000

    write_rows(lake.layout, MINUTE, "A", rows([midnight_utc + 1], [5.0]), REAL)

    manifest = load_manifest(lake.layout.manifest("minute", "A"))
    assert manifest is not None
    assert manifest.parts[0].period == "2024"


def test_a_year_that_did_not_change_keeps_its_part(lake: Lake) -> None:
    write_rows(lake.layout, MINUTE, "A", rows([START_2024, START_2024 + YEAR], [5.0, 6.0]), REAL)
    before = load_manifest(lake.layout.manifest("minute", "A"))

    write_rows(lake.layout, MINUTE, "A", rows([START_2024 + YEAR + 1], [7.0]), REAL)

    after = load_manifest(lake.layout.manifest("minute", "A"))
    assert before is not None
    assert after is not None
    assert after.parts[0] == before.parts[0]
    assert after.parts[1].rows == 2
    assert len(list(lake.layout.folder("minute", "A").glob("*.parquet"))) == 2


@pytest.mark.parametrize(("first", "second"), [(REAL, MADE_UP), (MADE_UP, REAL)])
def test_made_up_and_real_rows_never_mix(lake: Lake, first: Origin, second: Origin) -> None:
    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [5.0]), first)

    with pytest.raises(BadDataError, match="give them their own lake"):
        write_rows(lake.layout, MINUTE, "A", rows([START_2024 + 1], [5.0]), second)


def test_another_seed_takes_the_place_of_the_made_up_rows_before(lake: Lake) -> None:
    other = Origin("simulated seed 8", True)
    write_rows(lake.layout, MINUTE, "A", rows([START_2024, START_2024 + YEAR], [5.0, 6.0]), MADE_UP)

    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [7.0]), other)
    write_rows(lake.layout, MINUTE, "A", rows([START_2024 + 1], [8.0]), other)

    assert read_columns(lake.layout, "minute", "A")["close"].tolist() == [7.0, 8.0]
    assert verify_all(lake.layout) == ()


def test_parts_that_no_manifest_names_are_swept_and_never_read(lake: Lake) -> None:
    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [5.0]), REAL)
    orphan = lake.layout.folder("minute", "A") / "2024-000000000000.parquet"
    orphan.write_bytes(b"half a part")

    assert read_columns(lake.layout, "minute", "A")["close"].tolist() == [5.0]
    assert verify_all(lake.layout) == ()
    assert sweep_orphans(lake.layout, "minute", "A") == 1
    assert not orphan.exists()


def test_rows_between_dates_are_read_and_no_others(lake: Lake) -> None:
    day = 86_400_000_000_000
    stamps = [START_2024 + k * day for k in range(10)]
    write_rows(lake.layout, MINUTE, "A", rows(stamps, [float(k + 1) for k in range(10)]), REAL)

    held = read_columns(
        lake.layout, "minute", "A", (date(2024, 1, 3), date(2024, 1, 5)), ("close",)
    )

    assert held["close"].tolist() == [3.0, 4.0, 5.0]
    assert len(read_columns(lake.layout, "minute", "B")["close"]) == 0


def test_a_reader_beside_a_writer_takes_the_new_manifest(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [5.0]), REAL)
    stale = [held_manifest(lake.layout, "minute", "A")]
    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [6.0]), REAL)
    monkeypatch.setattr(
        reader, "held_manifest", lambda *names: stale.pop() if stale else held_manifest(*names)
    )

    assert read_columns(lake.layout, "minute", "A")["close"].tolist() == [6.0]


def test_a_part_that_stays_away_is_one_sentence(lake: Lake) -> None:
    write_rows(lake.layout, MINUTE, "A", rows([START_2024], [5.0]), REAL)
    (part,) = lake.layout.folder("minute", "A").glob("*.parquet")
    part.unlink()

    with pytest.raises(BadDataError, match="found no such file; it is set aside"):
        read_columns(lake.layout, "minute", "A")
