"""Splits and dividends of several sources beside each other, and when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from daemon.errors import AccessError, BadDataError, NightShiftError, TransientError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.manifest import load_manifest
from daemon.lake.reader import read_columns
from daemon.lake.verify import verify_all
from daemon.plugin.roles import ActionRow, Request
from tests.lake.flatfiles import FakeSource
from tests.lake.test_ingest import ALL, MONDAY, TUESDAY, source


@dataclass
class Asked(FakeSource):
    """Remembers which actions it was asked for, and may refuse to tell."""

    asked: list[str] = field(default_factory=list)
    refuses: NightShiftError | None = None

    def actions(self, request: Request) -> list[ActionRow]:
        self.asked.append(request.kind)
        if self.refuses is not None:
            raise self.refuses
        return super().actions(request)


def asked(name: str, *events: ActionRow) -> Asked:
    return Asked(source().days, list(events), name)


def splits(lake: Lake) -> list[float]:
    return read_columns(lake.layout, "splits", "A", names=("new",))["new"].tolist()


def test_a_source_that_knows_less_takes_nothing_away(lake: Lake) -> None:
    knows = asked("knows", ActionRow("A", MONDAY, new=7.0), ActionRow("A", TUESDAY, new=4.0))
    forgot = asked("forgot", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, knows, ALL)
    before = load_manifest(lake.layout.manifest("splits", "A"))

    ingest(lake, forgot, ALL)
    assert splits(lake) == [7.0, 4.0]

    ingest(lake, knows, ALL, force=True)
    assert splits(lake) == [7.0, 4.0]
    assert load_manifest(lake.layout.manifest("splits", "A")) == before


def test_a_source_that_knows_more_adds_what_is_new_and_overrules_nobody(lake: Lake) -> None:
    ingest(lake, asked("one", ActionRow("A", TUESDAY, new=4.0)), Request("splits"))

    other = asked("other", ActionRow("A", MONDAY, new=7.0), ActionRow("A", TUESDAY, new=5.0))
    report = ingest(lake, other, Request("splits"))
    again = ingest(lake, other, Request("splits"))

    assert splits(lake) == [7.0, 4.0]
    assert (report.rows, again.rows) == (1, 0)
    assert lake.sql("SELECT new FROM splits ORDER BY ex_date").rows == ((7.0,), (4.0,))
    assert verify_all(lake.layout) == ()


def test_what_a_source_takes_back_goes_and_what_others_gave_stays(lake: Lake) -> None:
    ingest(lake, asked("one", ActionRow("A", TUESDAY, new=4.0)), Request("splits"))
    ingest(lake, asked("other", ActionRow("A", MONDAY, new=7.0)), Request("splits"))

    ingest(lake, asked("one", ActionRow("A", MONDAY, new=9.0)), Request("splits"))

    assert splits(lake) == [7.0]


def test_the_only_split_of_a_symbol_can_be_taken_back_by_who_is_asked_for_it(lake: Lake) -> None:
    only = asked("one", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, only, Request("splits"))

    ingest(lake, asked("one"), replace(ALL, symbols=("A",)))
    ingest(lake, asked("one"), Request("splits", ("B",)))
    ingest(lake, asked("one"), Request("splits", ("A",), end=MONDAY))
    ingest(lake, asked("other"), Request("splits", ("A",)))
    assert splits(lake) == [4.0]

    report = ingest(lake, asked("one"), Request("splits", ("A", "C")))

    assert (splits(lake), report.rows, report.skipped, report.failed) == ([], 1, 0, ())
    assert verify_all(lake.layout) == ()
    assert ingest(lake, only, Request("splits")).rows == 1


def test_bars_that_were_all_there_ask_for_no_actions(lake: Lake) -> None:
    vendor = asked("vendor", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, vendor, ALL)

    ingest(lake, vendor, ALL)

    assert vendor.asked == ["splits", "dividends"]


def test_who_wants_bars_alone_leaves_the_actions_to_the_next(lake: Lake) -> None:
    vendor = asked("vendor", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, vendor, ALL, actions=False)
    assert vendor.asked == []

    report = ingest(lake, vendor, ALL)

    assert (report.parts, report.skipped) == (0, len(vendor.days))
    assert splits(lake) == [4.0]


@pytest.mark.parametrize("error", [AccessError, TransientError, BadDataError])
def test_refused_actions_are_told_beside_the_bars_and_asked_for_again(
    lake: Lake, error: type[NightShiftError]
) -> None:
    vendor = asked("vendor", ActionRow("A", TUESDAY, new=4.0))
    vendor.refuses = error("no splits today")

    report = ingest(lake, vendor, ALL)
    vendor.refuses = None
    again = ingest(lake, vendor, ALL)

    assert report.failed == (("splits", "no splits today"), ("dividends", "no splits today"))
    assert report.rows > 0
    assert (again.failed, splits(lake)) == ((), [4.0])


def test_actions_that_cannot_be_read_are_told_beside_the_bars(lake: Lake) -> None:
    vendor = asked("vendor", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, vendor, Request("splits"))
    (part,) = lake.layout.folder("splits", "A").glob("*.parquet")
    part.write_bytes(b"torn")

    report = ingest(lake, vendor, ALL)

    assert [about for about, _ in report.failed] == ["A"]
    assert report.rows > 0
