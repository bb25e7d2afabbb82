"""What is there, what is missing, and questions in SQL."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import ActionRow, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

FRIDAY, MONDAY, TUESDAY = date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 9)
EPOCH = date(1970, 1, 1)


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Minutes of A without Monday and with a hole, daily rows, a split."""
    friday, tuesday = opening(FRIDAY), opening(TUESDAY)
    source = FakeSource(
        {
            FRIDAY: [
                batch(
                    "A", [friday - MINUTE, *(friday + k * MINUTE for k in range(390))], [5.0] * 391
                )
            ],
            TUESDAY: [batch("A", [tuesday + k * MINUTE for k in range(0, 390, 2)], [6.0] * 195)],
        },
        [ActionRow("A", TUESDAY, new=3.0, old=2.0)],
    )
    ingest(lake, source, Request("minute"))
    daily = FakeSource({FRIDAY: [batch("A", [friday - 570 * MINUTE], [5.0])]}, source.events)
    ingest(lake, daily, Request("day"))
    return lake


def test_the_inventory_has_a_line_for_each_kind_and_symbol(filled: Lake) -> None:
    minute, day, splits = filled.inventory()

    assert (minute.kind, minute.symbol, minute.start, minute.end) == (
        "minute",
        "A",
        FRIDAY,
        TUESDAY,
    )
    assert (minute.rows, minute.gaps, minute.simulated) == (586, 1, False)
    assert minute.bytes > 0
    assert (day.kind, day.rows, day.gaps) == ("day", 1, 0)
    assert (splits.kind, splits.start, splits.rows) == ("splits", TUESDAY, 1)


def test_gaps_name_missing_sessions_and_count_missing_minutes(filled: Lake) -> None:
    (gaps,) = filled.gaps("minute")

    assert gaps.missing == ((MONDAY - EPOCH).days,)
    assert gaps.session_date.tolist() == [(TUESDAY - EPOCH).days]
    assert gaps.minutes_missing.tolist() == [195]
    assert gaps.minutes_expected == 780


def test_gaps_of_daily_rows_are_sessions_only(filled: Lake) -> None:
    (gaps,) = filled.gaps("day", ("A",))

    assert gaps.missing == ()
    assert gaps.minutes_expected == 0


def test_gaps_of_actions_make_no_sense(filled: Lake) -> None:
    with pytest.raises(UsageError, match="expected one of minute, day"):
        filled.gaps("splits")


def test_health_tells_what_is_there_and_what_is_missing(filled: Lake) -> None:
    health = filled.health()

    assert health["facts"] == [
        "The lake holds 586 minute bars of 1 symbols, 2024-01-05 to 2024-01-09.",
        "The lake holds 1 daily bars of 1 symbols, 2024-01-05 to 2024-01-05.",
    ]
    assert health["warnings"] == [
        "Sessions without any minute bar between a symbol's first and last: A 1."
    ]


def test_a_lake_of_real_bars_without_splits_is_warned_about(lake: Lake) -> None:
    ingest(lake, FakeSource({FRIDAY: [batch("A", [opening(FRIDAY)], [5.0])]}), Request("minute"))

    assert "No splits are in the lake" in lake.health()["warnings"][0]


def test_an_empty_lake_has_nothing_to_tell(lake: Lake) -> None:
    assert lake.inventory() == ()
    assert lake.symbols() == ()
    assert lake.verify() == ()
    assert lake.health() == {"facts": [], "warnings": []}
    assert lake.sql("SELECT count(*) FROM minute").rows == ((0,),)


def test_sql_sees_bars_and_actions_with_times_and_symbols(filled: Lake) -> None:
    bars = filled.sql(
        "SELECT symbol, count(*) AS n, min(open_time) AS first FROM minute GROUP BY 1"
    )
    split = filled.sql("SELECT symbol, ex_date, new, old FROM splits")

    assert bars.columns == ("symbol", "n", "first")
    assert bars.rows == (("A", 586, datetime(2024, 1, 5, 14, 29)),)  # noqa: DTZ001
    assert split.rows == (("A", TUESDAY, 3.0, 2.0),)


def test_sql_never_sees_a_part_that_no_manifest_names(filled: Lake) -> None:
    folder = filled.layout.folder("minute", "A")
    (part,) = folder.glob("*.parquet")
    (folder / "2024-000000000000.parquet").write_bytes(part.read_bytes())

    assert filled.sql("SELECT count(*) FROM minute").rows == ((586,),)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('{lake}/minute/A/*.parquet')",
        "COPY (SELECT 1) TO '{lake}/out.csv'",
        "ATTACH '{lake}/out.db'",
        "SET enable_external_access = true",
        "SET threads = 8",
        "SELECT * FROM glob('/*')",
        "SELECT nonsense",
    ],
)
def test_sql_reaches_nothing_outside_and_is_refused_in_one_line(
    filled: Lake, query: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="the query failed") as refused:
        filled.sql(query.format(lake=filled.layout.root))

    assert "\n" not in str(refused.value)
    assert not (filled.layout.root / "out.csv").exists()
