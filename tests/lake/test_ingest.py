"""Bringing data in."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from daemon.domain.market.kinds import Rank
from daemon.errors import AccessError, LockedError, MissingError, TransientError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.manifest import load_manifest
from daemon.lake.receipts import load_receipts
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

MONDAY, TUESDAY, WEDNESDAY = date(2024, 1, 8), date(2024, 1, 9), date(2024, 1, 10)
ALL = Request("minute")


def source() -> FakeSource:
    """Two symbols on Monday, one on Tuesday."""
    monday, tuesday = opening(MONDAY), opening(TUESDAY)
    return FakeSource(
        {
            MONDAY: [
                batch("A", [monday, monday + MINUTE], [10.0, 11.0]),
                batch("B", [monday], [20.0]),
            ],
            TUESDAY: [batch("A", [tuesday], [12.0])],
        }
    )


def test_rows_come_in_and_are_counted(lake: Lake) -> None:
    report = ingest(lake, source(), ALL)

    assert (report.parts, report.rows, report.skipped, report.failed) == (2, 4, 0, ())
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]
    assert lake.symbols() == ("A", "B")


def test_the_second_time_nothing_is_read_and_nothing_changes(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    ingest(lake, source(), ALL)
    before, again = fingerprint(lake.layout.root), source()

    report = ingest(lake, again, ALL)

    assert (report.parts, report.rows, report.skipped) == (0, 0, 2)
    assert again.read == []
    assert fingerprint(lake.layout.root) == before


def test_force_reads_again_and_changes_nothing(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    ingest(lake, source(), ALL)
    before = fingerprint(lake.layout.root)

    report = ingest(lake, source(), ALL, force=True)

    assert (report.parts, report.rows, report.skipped) == (2, 0, 0)
    assert fingerprint(lake.layout.root) == before


def test_a_part_read_for_one_symbol_is_read_again_for_another(lake: Lake) -> None:
    ingest(lake, source(), Request("minute", ("A",)))

    report = ingest(lake, source(), Request("minute", ("B",)))
    both = ingest(lake, source(), Request("minute", ("A", "B")))
    everything = ingest(lake, source(), ALL)

    assert (report.parts, report.rows) == (2, 1)
    assert (both.parts, both.skipped) == (0, 2)
    assert (everything.parts, everything.rows) == (2, 0)


def test_a_part_that_changed_at_the_source_is_read_again_and_its_rows_win(lake: Lake) -> None:
    ingest(lake, source(), ALL)
    changed = source()
    changed.stamp = "2"
    changed.days[TUESDAY] = [batch("A", [opening(TUESDAY)], [13.0])]

    report = ingest(lake, changed, ALL)

    assert (report.parts, report.rows) == (2, 1)
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 13.0]


def test_a_small_buffer_writes_more_often_and_the_same(
    lake: Lake,
    tmp_path: Path,
    calendar_cache: Path,
    fingerprint: Callable[[Path], dict[str, str]],
) -> None:
    small = Lake(tmp_path / "small", cache=calendar_cache, buffer_rows=1)

    ingest(lake, source(), ALL)
    ingest(small, source(), ALL)

    assert fingerprint(small.layout.root) == fingerprint(lake.layout.root)


def test_progress_is_told_for_each_part(lake: Lake) -> None:
    told: list[tuple[int, int, str]] = []

    ingest(lake, source(), ALL, lambda done, total, key: told.append((done, total, key)))

    assert told == [(1, 2, f"day {MONDAY}"), (2, 2, f"day {TUESDAY}")]


def test_what_a_source_refuses_is_told_and_tried_again_the_next_time(lake: Lake) -> None:
    broken = source()
    broken.broken[MONDAY] = "line 3 is broken"

    report = ingest(lake, broken, ALL)
    again = ingest(lake, source(), ALL)

    assert report.failed == ((f"day {MONDAY}", "line 3 is broken"),)
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]
    assert (again.parts, again.skipped, again.failed) == (1, 1, ())


@pytest.mark.parametrize(
    ("stamps", "prices", "sentence"),
    [
        ([0, 1], [5.0, 0.0], "B row 2, open: expected a number above 0, found 0"),
        ([0, 1], [5.0, -3.0], "B row 2, open: expected a number above 0, found -3"),
        ([0, 1], [float("nan"), 5.0], "B row 1, open: expected a number above 0, found nan"),
        ([0, 1], [5.0, float("inf")], "B row 2, open: expected a number above 0, found inf"),
        ([1, 0], [5.0, 5.0], "B row 2, open_time: expected a time after"),
        ([1, 1], [5.0, 5.0], "B row 2, open_time: expected a time after"),
        ([0.5, 1], [5.0, 5.0], "B row 1, open_time: expected a whole minute"),
    ],
)
def test_the_lake_guards_itself_against_broken_rows_of_any_source(
    lake: Lake, stamps: list[float], prices: list[float], sentence: str
) -> None:
    hostile = source()
    times = [opening(TUESDAY) + int(stamp * MINUTE) for stamp in stamps]
    hostile.days[TUESDAY].append(batch("B", times, prices))

    report = ingest(lake, hostile, ALL)

    ((part, message),) = report.failed
    assert part == f"day {TUESDAY}"
    assert sentence in message
    assert "mend the source" in message
    assert lake.read_symbol("minute", "B")["close"].tolist() == [20.0]
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]
    assert ingest(lake, source(), ALL).skipped == 1


def test_a_symbol_with_an_insane_name_costs_itself_only(lake: Lake) -> None:
    hostile = source()
    hostile.days[TUESDAY].insert(0, batch("X" * 100, [opening(TUESDAY)], [5.0]))

    report = ingest(lake, hostile, ALL)

    assert "expected 1 to 64 characters" in report.failed[0][1]
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]


def test_a_symbol_the_source_does_not_have_is_named(lake: Lake) -> None:
    report = ingest(lake, source(), Request("minute", ("A", "ZZZ")))

    assert [symbol for symbol, _ in report.failed] == ["ZZZ"]
    assert "has no minute bars of it" in report.failed[0][1]


def test_symbols_that_were_not_chosen_by_name_are_a_note(lake: Lake) -> None:
    report = ingest(lake, source(), Request("minute", ("A", "YYY", "ZZZ")), optional=True)

    assert report.failed == ()
    (note,) = [one for one in report.notes if "minute" in one]
    assert note == "source fake has no minute bars of YYY, ZZZ; nobody asked for them by name"
    assert report.lacking == ("YYY", "ZZZ")


def test_none_of_the_optional_symbols_is_an_error_still(lake: Lake) -> None:
    with pytest.raises(MissingError, match="source fake has no minute bars of YYY, ZZZ between"):
        ingest(lake, source(), Request("minute", ("YYY", "ZZZ")), optional=True)


@pytest.mark.parametrize(
    "request_", [Request("minute", ("ZZZ",)), Request("minute", (), WEDNESDAY)]
)
def test_nothing_to_bring_in_is_an_error(lake: Lake, request_: Request) -> None:
    with pytest.raises(MissingError, match="source fake has no minute bars of"):
        ingest(lake, source(), request_)


def test_a_kind_the_source_does_not_have_is_refused(lake: Lake) -> None:
    poor = source()
    poor.kinds = ("day",)

    with pytest.raises(UsageError, match="source fake has no kind 'minute'"):
        ingest(lake, poor, ALL)


def test_a_second_writer_is_kept_out(lake: Lake) -> None:
    lake.layout.root.mkdir(parents=True)
    with FileLock(lake.layout.root / ".lock"):
        with pytest.raises(LockedError, match="another process writes to this lake"):
            ingest(lake, source(), ALL)
        with pytest.raises(LockedError, match="another process writes to this lake"):
            lake.repair()


@pytest.mark.parametrize("below", ["", "deeper", "deep/down"])
def test_a_lake_at_a_file_or_below_one_is_one_sentence(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_bytes(b"x")

    with pytest.raises(MissingError, match=r"file: expected the folder of the lake, found a file"):
        Lake(tmp_path / "file" / below)


@pytest.mark.parametrize("name", ["mkdir", "open", "replace", "unlink"])
@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_a_lake_that_may_not_be_written_is_one_sentence(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    if name != "mkdir":
        ingest(lake, years(), ALL)
        orphan = lake.layout.folder("minute", "A") / "2014-000000000000.parquet"
        orphan.write_bytes(b"x")
    really = getattr(os, name)

    def refused(path: str | Path, *rest: object, **named: object) -> object:
        if name == "open" and not str(path).endswith(".lock"):
            return really(path, *rest, **named)
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(os, name, refused)
    try:
        with pytest.raises(MissingError, match=r"may not be written|no room left"):
            ingest(lake, source(), ALL)
    finally:
        monkeypatch.undo()


def test_a_repair_that_may_not_write_is_one_sentence(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = broken_2014(lake)
    really = os.replace

    def refused(path: Path, target: Path) -> None:
        if Path(path) == part:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        really(path, target)

    monkeypatch.setattr(os, "replace", refused)

    with pytest.raises(MissingError, match="may not be written"):
        lake.repair()


def test_a_full_disk_keeps_what_was_written_and_the_next_try_goes_on(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    written, room = os.write, 2500

    def full(handle: int, data: bytes) -> int:
        nonlocal room
        if room < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room -= len(data)
        return written(handle, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(MissingError, match="no room left on the disk"):
        ingest(lake, source(), ALL)
    monkeypatch.undo()

    assert lake.verify() == ()
    assert [name for name in fingerprint(lake.layout.root) if ".temporary" in name] == []
    assert ingest(lake, source(), ALL).failed == ()
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]


def years() -> FakeSource:
    """A bar of A and B on each of four days, two in 2014 and two in 2015."""
    days = [date(2014, 12, 30), date(2014, 12, 31), date(2015, 1, 2), date(2015, 1, 5)]
    return FakeSource(
        {
            day: [batch(symbol, [opening(day)], [10.0 + number]) for symbol in ("A", "B")]
            for number, day in enumerate(days)
        }
    )


def broken_2014(lake: Lake) -> Path:
    """A part of A's 2014 in the lake, cut short."""
    day = date(2014, 12, 29)
    ingest(lake, FakeSource({day: [batch("A", [opening(day)], [9.0])]}, name="earlier"), ALL)
    (part,) = lake.layout.folder("minute", "A").glob("2014-*.parquet")
    part.write_bytes(part.read_bytes()[:100])
    return part


@pytest.mark.parametrize("buffer_rows", [1, 1_000])
def test_a_broken_part_of_the_lake_costs_no_day_of_the_source(
    tmp_path: Path, calendar_cache: Path, buffer_rows: int
) -> None:
    lake = Lake(tmp_path / "lake", cache=calendar_cache, buffer_rows=buffer_rows)
    broken_2014(lake)

    report = ingest(lake, years(), ALL)
    lake.repair()
    again = ingest(lake, years(), ALL)

    assert report.failed
    assert again.failed == ()
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0, 13.0]
    assert lake.read_symbol("minute", "B")["close"].tolist() == [10.0, 11.0, 12.0, 13.0]


def test_beside_a_broken_year_the_other_years_are_written(lake: Lake) -> None:
    part = broken_2014(lake)

    report = ingest(lake, years(), ALL)
    again = ingest(lake, years(), ALL)

    start = date(2015, 1, 1)
    assert lake.read_symbol("minute", "A", start)["close"].tolist() == [12.0, 13.0]
    assert lake.read_symbol("minute", "B")["close"].tolist() == [10.0, 11.0, 12.0, 13.0]
    ((key, sentence),) = report.failed
    assert key == "day 2014-12-30"
    assert part.name in sentence
    assert "2 parts of the source wait for it, to day 2014-12-31" in sentence
    assert (again.parts, again.skipped) == (2, 2)


def test_a_part_that_vanished_from_the_lake_is_one_sentence(lake: Lake) -> None:
    broken_2014(lake).unlink()

    report = ingest(lake, years(), ALL)

    assert "found no such file" in report.failed[0][1]
    assert lake.read_symbol("minute", "B")["close"].tolist() == [10.0, 11.0, 12.0, 13.0]


def test_a_broken_manifest_costs_no_day_of_the_source(lake: Lake) -> None:
    ingest(lake, source(), Request("minute", ("B",)))
    lake.layout.manifest("minute", "B").write_text("{")

    report = ingest(lake, years(), ALL)
    lake.repair()
    ingest(lake, years(), ALL)

    assert "expected a manifest" in report.failed[0][1]
    assert lake.read_symbol("minute", "B")["close"].tolist() == [10.0, 11.0, 12.0, 13.0]


def test_made_up_rows_do_not_enter_a_lake_of_real_ones(lake: Lake) -> None:
    ingest(lake, source(), ALL)
    made_up = source()
    made_up.name = "simulated"
    made_up.days = {TUESDAY: [batch("A", [opening(TUESDAY)], [1.0], "simulated seed 7")]}

    report = ingest(lake, made_up, ALL)

    assert "give them their own lake" in report.failed[0][1]
    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0, 11.0, 12.0]


def test_splits_and_dividends_come_along_with_bars(lake: Lake) -> None:
    with_events = source()
    with_events.events = [
        ActionRow("A", TUESDAY, new=7.0, old=1.0),
        ActionRow("A", TUESDAY, cash=0.5),
        ActionRow("A", TUESDAY, cash=0.25),
    ]

    ingest(lake, with_events, ALL)

    actions = lake.market(("A",), "1d")[0].actions
    assert actions.cash.tolist() == [0.75, 0.0]
    assert actions.new.tolist() == [1.0, 7.0]


def test_what_the_source_says_of_actions_now_replaces_what_it_said(lake: Lake) -> None:
    first, second = source(), source()
    first.events = [ActionRow("A", MONDAY, new=2.0), ActionRow("A", TUESDAY, new=3.0)]
    second.events = [ActionRow("A", TUESDAY, new=4.0)]
    ingest(lake, first, Request("splits"))

    report = ingest(lake, second, Request("splits"))
    again = ingest(lake, second, Request("splits"))

    assert lake.sql("SELECT new FROM splits").rows == ((4.0,),)
    assert report.rows == 2
    assert (again.rows, again.skipped) == (0, 1)


def test_actions_outside_the_dates_asked_for_stay(lake: Lake) -> None:
    first, second = source(), source()
    first.events = [ActionRow("A", MONDAY, new=2.0), ActionRow("A", TUESDAY, new=3.0)]
    second.events = [ActionRow("A", TUESDAY, new=4.0)]
    ingest(lake, first, Request("splits"))

    ingest(lake, second, Request("splits", start=TUESDAY, end=TUESDAY))

    assert lake.sql("SELECT new FROM splits ORDER BY ex_date").rows == ((2.0,), (4.0,))


def test_a_receipt_tells_how_many_rows_came_of_its_part(lake: Lake) -> None:
    ingest(lake, source(), ALL)
    (path,) = lake.layout.all_receipts("minute")
    counted = {key: one.rows for key, one in load_receipts(path).done.items() if one.rows}

    assert counted == {
        f"day {day}": sum(len(one.columns["close"]) for one in batches)
        for day, batches in source().days.items()
    }


def test_receipts_without_a_count_are_receipts_still(lake: Lake) -> None:
    ingest(lake, source(), ALL)
    (path,) = lake.layout.all_receipts("minute")
    document = json.loads(path.read_bytes())
    document["parts"] = {key: entry[:3] for key, entry in document["parts"].items()}
    path.write_text(json.dumps(document))

    assert ingest(lake, source(), ALL).parts == 0
    assert {one.rows for one in load_receipts(path).done.values()} == {None}


def test_a_source_that_does_not_answer_at_all_is_something_missing(lake: Lake) -> None:
    silent = source()
    silent.parts = lambda request: (_ for _ in ()).throw(TransientError("no answer"))  # type: ignore[method-assign]

    with pytest.raises(MissingError, match=r"^no answer$") as told:
        ingest(lake, silent, ALL)
    assert told.value.exit_code == 3


def test_a_source_that_does_not_answer_on_splits_is_something_missing(lake: Lake) -> None:
    silent = source()
    silent.actions = lambda request: (_ for _ in ()).throw(TransientError("no answer"))  # type: ignore[method-assign]

    with pytest.raises(MissingError, match=r"^no answer$") as told:
        ingest(lake, silent, Request("splits"))
    assert told.value.exit_code == 3


def test_why_neither_splits_nor_dividends_came_is_one_note(lake: Lake) -> None:
    keyless = source()
    keyless.actions = lambda request: (_ for _ in ()).throw(MissingError("no key"))  # type: ignore[method-assign]

    assert ingest(lake, keyless, ALL).notes == ("no key",)


def test_lost_receipts_cost_time_and_no_data(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    ingest(lake, source(), ALL)
    before = fingerprint(lake.layout.root)
    (receipts,) = lake.layout.all_receipts("minute")
    receipts.write_bytes(b"{")

    report = ingest(lake, source(), ALL)

    assert (report.parts, report.rows) == (2, 0)
    assert fingerprint(lake.layout.root) == before


class Unanswering(FakeSource):
    """Raises in place of the rows of some days."""

    def __init__(self, days: dict[date, list[Batch]], errors: dict[date, Exception]) -> None:
        super().__init__(days)
        self.errors = errors

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        if part.day in self.errors:
            raise self.errors[part.day]
        yield from super().rows(part, request)


def week(errors: dict[int, Exception]) -> Unanswering:
    """Eight days of one symbol; errors by the number of the day."""
    days = [date(2024, 1, 8 + k) for k in range(8)]
    batches = {day: [batch("A", [opening(day)], [10.0])] for day in days}
    return Unanswering(batches, {days[k]: error for k, error in errors.items()})


def test_a_part_without_an_answer_is_told_and_costs_itself_only(lake: Lake) -> None:
    report = ingest(lake, week({2: TransientError("too busy"), 5: TransientError("cut")}), ALL)

    assert (report.rows, len(report.failed)) == (6, 2)
    assert ingest(lake, week({}), ALL).rows == 2


def test_a_source_that_no_longer_answers_ends_the_ingestion_and_costs_no_row(lake: Lake) -> None:
    silent = {k: TransientError("no answer") for k in (3, 4, 5, 6, 7)}

    with pytest.raises(MissingError, match="no answer, for 3 parts had no answer"):
        ingest(lake, week(silent), ALL)

    report = ingest(lake, week({}), ALL)
    assert (report.skipped, report.rows) == (3, 5)


def test_a_refused_key_ends_the_ingestion_at_once_and_costs_no_row(lake: Lake) -> None:
    with pytest.raises(AccessError, match="the key"):
        ingest(lake, week({4: AccessError("refuses the key")}), ALL)

    assert lake.read_symbol("minute", "A")["close"].tolist() == [10.0] * 4
    assert ingest(lake, week({}), ALL).skipped == 4


def test_of_a_slow_source_a_crash_costs_its_last_rows_only(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.lake.run.LONGEST_WAIT_S", 0.0)

    with pytest.raises(RuntimeError, match="crash"):
        ingest(lake, week({5: RuntimeError("crash")}), ALL)

    assert ingest(lake, week({}), ALL).skipped == 5


@pytest.mark.parametrize("file_first", [True, False])
def test_a_bar_by_asking_gives_way_to_the_day_files_in_either_order(
    lake: Lake, file_first: bool
) -> None:
    stamps = [opening(TUESDAY) + k * MINUTE for k in range(3)]
    asked = replace(batch("A", stamps, [1.0, 2.0, 3.0], "rest"), rank=Rank.ANSWER)
    filed = replace(batch("A", stamps[:2], [7.0, 8.0], "file"), rank=Rank.DAY_FILE)
    sources = [FakeSource({TUESDAY: [asked]}, name="rest")]
    sources.insert(0 if file_first else 1, FakeSource({TUESDAY: [filed]}, name="file"))

    for one in sources:
        ingest(lake, one, ALL)

    assert lake.read_symbol("minute", "A")["close"].tolist() == [7.0, 8.0]
    manifest = load_manifest(lake.layout.manifest("minute", "A"))
    assert manifest is not None
    assert [(one.text, one.rows) for one in manifest.parts[0].origins] == [("file", 2)]


def test_bars_by_feed_and_by_asking_stand_beside_each_other(lake: Lake) -> None:
    stamps = [opening(TUESDAY) + k * MINUTE for k in range(3)]
    fed = replace(batch("A", stamps[1:], [5.0, 6.0], "feed"), rank=Rank.FEED)
    asked = replace(batch("A", stamps[:2], [1.0, 2.0], "rest"), rank=Rank.ANSWER)
    for name, one in (("rest", asked), ("feed", fed), ("rest", asked)):
        ingest(lake, FakeSource({TUESDAY: [one]}, name=name), ALL, force=True)

    assert lake.read_symbol("minute", "A")["close"].tolist() == [1.0, 2.0, 6.0]
