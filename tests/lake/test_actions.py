"""Splits and dividends of several sources beside each other, and when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from daemon.domain.market.supply import SourceOrder
from daemon.errors import AccessError, BadDataError, NightShiftError, TransientError
from daemon.lake.events import read_events
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.manifest import load_manifest
from daemon.lake.reader import calendar_date
from daemon.lake.verify import verify_all
from daemon.plugin.roles import ActionRow, ListingRow, Request
from tests.lake.flatfiles import FakeSource, batch, opening
from tests.lake.test_ingest import ALL, MONDAY, TUESDAY, WEDNESDAY, source


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


class Half(FakeSource):
    """Of B something is broken whenever it is asked for splits or listing dates."""

    def actions(self, request: Request) -> Iterator[ActionRow]:  # type: ignore[override]
        yield from super().actions(request)
        if request.kind == "splits":
            raise BadDataError("B is broken", symbols=("B",))

    def listings(self, request: Request) -> Iterator[ListingRow]:
        yield ListingRow("A", MONDAY)
        raise BadDataError("B is broken", symbols=("B",))


def asked(name: str, *events: ActionRow) -> Asked:
    return Asked(source().days, list(events), name)


def splits(lake: Lake) -> list[float]:
    """The ratios that markets would take."""
    order = lake.order.ranked
    return read_events(lake.layout, "splits", "A", order, lake.sessions).new.tolist()


def test_a_source_that_knows_less_takes_nothing_away(lake: Lake) -> None:
    knows = asked("knows", ActionRow("A", MONDAY, new=7.0), ActionRow("A", TUESDAY, new=4.0))
    forgot = asked("forgot", ActionRow("A", TUESDAY, new=4.0))
    ingest(lake, knows, ALL)
    before = load_manifest(lake.layout.manifest("splits", "A"))

    ingest(lake, forgot, ALL)
    assert splits(lake) == [7.0, 4.0]

    ingest(lake, knows, ALL, force=True)
    assert splits(lake) == [7.0, 4.0]
    after = load_manifest(lake.layout.manifest("splits", "A"))
    assert before is not None
    assert after is not None
    assert set(before.parts) < set(after.parts)


def test_a_source_that_knows_more_adds_what_is_new_and_overrules_no_earlier_one(
    lake: Lake,
) -> None:
    lake.order = SourceOrder(("one", "other"))
    ingest(lake, asked("one", ActionRow("A", TUESDAY, new=4.0)), Request("splits"))

    other = asked("other", ActionRow("A", MONDAY, new=7.0), ActionRow("A", TUESDAY, new=5.0))
    report = ingest(lake, other, Request("splits"))
    again = ingest(lake, other, Request("splits"))

    assert splits(lake) == [7.0, 4.0]
    assert (report.rows, again.rows) == (2, 0)
    told = lake.sql("SELECT source, new FROM splits ORDER BY ex_date, source").rows
    assert told == (("other", 7.0), ("one", 4.0), ("other", 5.0))
    assert verify_all(lake.layout) == ()


def test_a_split_told_on_different_days_is_applied_once_as_the_order_has_it(lake: Lake) -> None:
    for name, day in (("one", TUESDAY), ("other", WEDNESDAY)):
        vendor = asked(name, ActionRow("A", day, new=4.0))
        vendor.days[WEDNESDAY] = [batch("A", [opening(WEDNESDAY)], [3.0])]
        ingest(lake, vendor, ALL)
    digests, days = set(), []

    for sources in (("one", "other"), ("other", "one")):
        lake.order = SourceOrder(sources)
        digests.add(lake.digest())
        market = lake.market(("A",), "1d")[0]
        bars = market.axis.session_date[market.actions.bar]
        days += [calendar_date(day) for day in bars.tolist()]

    assert days == [TUESDAY, WEDNESDAY]
    assert len(digests) == 2


def test_the_order_is_asked_for_only_where_there_is_something_to_choose(lake: Lake) -> None:
    def ordering() -> SourceOrder:
        raise AssertionError("nobody needs it")

    lake.ordering = ordering
    event = ActionRow("A", TUESDAY, new=4.0)
    day = asked("one", event)
    day.kinds = ("splits",)
    ingest(lake, day, Request("splits"))

    assert lake.digest() != ""
    lake.survey({})
    ingest(lake, replace(day, name="other"), Request("splits"))
    with pytest.raises(AssertionError, match="nobody"):
        lake.digest()


def test_of_a_symbol_with_a_broken_event_everything_stays_as_it_was(lake: Lake) -> None:
    both = [ActionRow("A", TUESDAY, new=4.0), ActionRow("B", MONDAY, new=2.0)]
    ingest(lake, asked("one", *both), Request("splits"))
    half = Half(source().days, [ActionRow("A", TUESDAY, new=5.0)], "one")

    report = ingest(lake, half, Request("splits", ("A", "B")))
    beside = ingest(lake, half, ALL)

    assert (report.rows, report.failed) == (1, (("B", "B is broken"),))
    assert ("B", "B is broken") in beside.failed
    assert lake.sql("SELECT symbol, new FROM splits ORDER BY symbol").rows == (
        ("A", 5.0),
        ("B", 2.0),
    )


def test_a_broken_listing_keeps_no_other_from_the_lake(lake: Lake) -> None:
    half = Half(source().days, kinds=("minute", "listings"))

    report = ingest(lake, half, Request("listings", ("A", "B")))

    assert (report.rows, report.failed) == (1, (("B", "B is broken"),))
    assert lake.life("A").is_known


def test_what_a_source_takes_back_goes_and_what_others_gave_stays(lake: Lake) -> None:
    lake.order = SourceOrder(("other", "one"))
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
    ingest(lake, vendor, ALL, along=())
    assert vendor.asked == []

    report = ingest(lake, vendor, ALL)

    assert (report.parts, report.skipped) == (0, len(vendor.days))
    assert splits(lake) == [4.0]


def test_bars_that_bring_some_of_it_along_leave_the_rest_to_the_next(lake: Lake) -> None:
    vendor = asked("vendor", ActionRow("A", TUESDAY, new=4.0))

    ingest(lake, vendor, ALL, along=("dividends",))
    ingest(lake, vendor, ALL)

    assert vendor.asked == ["dividends", "splits", "dividends"]


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
