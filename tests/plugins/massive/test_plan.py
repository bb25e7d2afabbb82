"""Which keys and which plan lead to which way, and what is said where one is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from daemon.errors import AccessError, MissingError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin import Secret
from daemon.plugin.roles import Request
from plugins.massive.listing import NotInPlan
from tests.plugins.massive.conftest import Massive
from tests.plugins.massive.samples import (
    FLAT,
    SYMBOLS,
    days_of,
    filled,
    rows_of,
)
from tests.servers.faults import Fault
from tests.servers.massive_rest import MassiveRest

REQUEST = Request("minute", SYMBOLS)
DENIED = b"<Error><Code>AccessDenied</Code></Error>"


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Three days as flat files, two by REST."""
    return filled(massive, rest)


def test_without_s3_keys_every_day_comes_by_rest(both: Massive) -> None:
    both.secrets = {"MASSIVE_API_KEY": both.secrets["MASSIVE_API_KEY"]}

    parts = both.source().parts(replace(REQUEST, start=FLAT[0]))

    assert {way for way, _ in days_of(list(parts))} == {"rest"}
    assert both.store.proxy.count() == 0


def test_without_a_rest_key_the_newest_days_are_left_out(both: Massive) -> None:
    del both.secrets["MASSIVE_API_KEY"]
    source = both.source()

    assert {way for way, _ in days_of(list(source.parts(REQUEST)))} == {"flat"}
    with pytest.raises(MissingError, match="MASSIVE_API_KEY"):
        source.actions(Request("splits", SYMBOLS))


def test_without_symbols_minutes_come_as_files_only(both: Massive) -> None:
    parts = both.source().parts(Request("minute"))

    assert {way for way, _ in days_of(list(parts))} == {"flat"}
    assert both.server.asked == []


def test_without_any_key_one_sentence_names_them_all(both: Massive) -> None:
    both.secrets = {}

    with pytest.raises(MissingError) as told:
        both.source().parts(REQUEST)
    for name in ("MASSIVE_AWS_ACCESS_KEY", "MASSIVE_AWS_SECRET_KEY", "MASSIVE_API_KEY"):
        assert name in str(told.value)


def test_half_a_pair_of_keys_names_the_other_half(both: Massive) -> None:
    del both.secrets["MASSIVE_AWS_SECRET_KEY"]

    with pytest.raises(MissingError, match="MASSIVE_AWS_SECRET_KEY"):
        both.source().parts(REQUEST)


def test_a_wrong_rest_key_is_told_before_anything_is_read(both: Massive) -> None:
    both.secrets["MASSIVE_API_KEY"] = Secret("wrong-key-canary")

    with pytest.raises(AccessError, match="MASSIVE_API_KEY") as told:
        both.source().parts(REQUEST)
    assert "canary" not in str(told.value)


def test_a_status_that_fails_for_another_reason_stops_nothing(both: Massive) -> None:
    both.server.fail("marketstatus", Fault("status", status=500), times=None)

    assert len(both.source().parts(REQUEST)) == 5


def test_a_history_that_begins_later_is_found_with_few_questions(both: Massive) -> None:
    both.store.proxy.fail("2024-01-0[34]", Fault("status", status=403), None, "HEAD")
    source = both.source()

    open_ended = source.parts(REQUEST)
    named = source.parts(replace(REQUEST, start=FLAT[0]))

    assert days_of(list(open_ended))[0] == ("flat", "2024-01-05")
    assert days_of(list(named))[:2] == [("refused", "2024-01-04"), ("flat", "2024-01-05")]
    with pytest.raises(NotInPlan, match="2024-01-03 to 2024-01-04"):
        list(source.rows(named[0], REQUEST))


@pytest.mark.parametrize("gone", FLAT)
def test_a_listed_file_that_is_gone_before_the_first_look_is_one_failed_day(
    both: Massive, tmp_path: Path, gone: date
) -> None:
    both.store.proxy.fail(f"{gone}.csv", Fault("status", status=404), None, "HEAD")
    both.store.proxy.fail(f"{gone}.csv", Fault("status", status=404), None, "GET")

    report = ingest(Lake(tmp_path / "lake"), both.source(), REQUEST)

    assert report.parts == 5
    assert [part.rpartition("/")[2] for part, _ in report.failed] == [f"{gone}.csv.gz"]
    assert "not published" in report.failed[0][1]


def test_a_gone_file_does_not_hide_where_the_plan_begins(both: Massive) -> None:
    both.store.proxy.fail("2024-01-03", Fault("status", status=404), None, "HEAD")
    both.store.proxy.fail("2024-01-04", Fault("status", status=403), None, "HEAD")

    parts = both.source().parts(REQUEST)

    assert days_of(list(parts))[0] == ("flat", "2024-01-05")


def test_a_kind_outside_the_plan_leaves_the_others_alone(both: Massive) -> None:
    del both.secrets["MASSIVE_API_KEY"]
    for methods, body in (("HEAD", b""), ("GET", DENIED)):
        fault = Fault("status", status=403, body=body)
        both.store.proxy.fail("minute_aggs.*gz", fault, None, methods)
    source = both.source()

    refused = source.parts(REQUEST)
    days = rows_of(source, replace(REQUEST, kind="day"))

    assert [way for way, _ in days_of(list(refused))] == ["refused"]
    with pytest.raises(NotInPlan):
        list(source.rows(refused[0], REQUEST))
    assert len(days) == 6


def test_a_kind_outside_the_plan_of_files_comes_by_rest(both: Massive) -> None:
    both.store.proxy.fail("minute_aggs.*gz", Fault("status", status=403), None, "HEAD")

    assert {way for way, _ in days_of(list(both.source().parts(REQUEST)))} == {"rest"}
