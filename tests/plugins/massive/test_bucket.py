"""The bucket: what is listed, and what each refusal means."""

from __future__ import annotations

import gzip
from datetime import date
from typing import Any

import pytest
import requests
from botocore.exceptions import ConnectTimeoutError, ProxyConnectionError, SSLError

from daemon.errors import AccessError, MissingError
from daemon.plugin import Secret
from daemon.plugin.flatfiles.layout import key_of
from daemon.plugin.retry import TryAgain
from plugins.massive import bucket as bucket_module
from plugins.massive.listing import Listed, NotInPlan, NotPublished
from tests.plugins.massive.conftest import STALLED, Massive
from tests.servers.faults import Fault

DAYS = (date(2023, 12, 29), date(2024, 1, 2), date(2024, 1, 3), date(2024, 2, 1))
BODY = gzip.compress(b"a flat file")
FORBIDDEN = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>'


@pytest.fixture
def filled(massive: Massive) -> Massive:
    """Four minute files, a day file and something that is none."""
    massive.store.put({key_of("minute", day): BODY for day in DAYS})
    massive.store.put({key_of("day", DAYS[0]): BODY, "us_stocks_sip/minute_aggs_v1/a.txt": b"x"})
    return massive


@pytest.mark.parametrize(
    ("first", "last", "count", "calls"),
    [
        (None, None, 4, 1),
        (date(2024, 1, 1), date(2024, 1, 31), 2, 1),
        (date(2023, 12, 30), date(2024, 1, 2), 1, 2),
        (date(2023, 1, 1), None, 4, 2),
        (None, date(2024, 1, 2), 2, 1),
        (date(2025, 1, 1), date(2025, 1, 2), 0, 1),
    ],
)
def test_the_day_files_of_the_dates_are_listed_oldest_first(
    filled: Massive, first: Any, last: Any, count: int, calls: int
) -> None:
    found = filled.connection().bucket.listed("minute", first, last)

    assert [file.day for file in found] == sorted(file.day for file in found)
    assert len(found) == count
    assert all(file.size == len(BODY) and file.etag for file in found)
    assert filled.store.proxy.count("list-type=2") == calls


def test_a_long_listing_is_followed_to_its_end(
    filled: Massive, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = filled.connection().bucket
    ask = bucket._client.list_objects_v2
    monkeypatch.setattr(bucket._client, "list_objects_v2", lambda **q: ask(MaxKeys=2, **q))

    found = bucket.listed("minute", None, None)

    assert [file.day for file in found] == list(DAYS)
    assert filled.store.proxy.count("continuation-token") == 2


def test_a_replaced_file_has_another_stamp(filled: Massive) -> None:
    before = filled.connection().bucket.listed("minute", DAYS[1], DAYS[1])
    filled.store.put({key_of("minute", DAYS[1]): BODY + b"\0"})

    after = filled.connection().bucket.listed("minute", DAYS[1], DAYS[1])

    assert before[0].stamp != after[0].stamp


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429, retry_after="7"),
        Fault("status", status=500),
        Fault("status", status=503, body=b"<Error><Code>SlowDown</Code></Error>"),
        Fault("refuse"),
        Fault("cut"),
        Fault("short"),
        Fault("garbage"),
        Fault("stall"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
def test_a_listing_that_fails_is_asked_for_again(filled: Massive, fault: Fault) -> None:
    filled.store.proxy.fail("list-type", fault, times=2)

    settings = STALLED if fault.kind == "stall" else {}

    assert len(filled.connection(**settings).bucket.listed("minute", None, None)) == 4
    assert len(filled.quick.slept) >= 2
    if fault.retry_after:
        assert min(filled.quick.slept) >= 7


def test_a_service_that_stays_broken_is_told_in_a_sentence(filled: Massive) -> None:
    filled.store.proxy.fail("list-type", Fault("status", status=500), times=None)

    with pytest.raises(TryAgain, match="answered 500"):
        filled.connection(attempts=3).bucket.listed("minute", None, None)
    assert filled.store.proxy.count("list-type") == 3


def test_a_closed_port_is_told_in_a_sentence_and_asked_again(filled: Massive) -> None:
    bucket = filled.connection(attempts=2).bucket
    wanted = bucket.listed("minute", DAYS[0], DAYS[0])[0]
    filled.store.proxy.close_port()

    for call in (
        lambda: bucket.listed("minute", None, None),
        lambda: bucket.looked_up(wanted),
        lambda: bucket.opened(wanted, 0),
    ):
        with pytest.raises(TryAgain, match=r"broke off \(EndpointConnectionError\); try"):
            call()
    assert len(filled.quick.slept) == 2
    filled.store.proxy.open_port()
    assert len(bucket.listed("minute", None, None)) == 4


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="x"),
        SSLError(endpoint_url="x", error="certificate"),
        ProxyConnectionError(proxy_url="x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_connection_is_never_a_fault_of_the_folder(
    filled: Massive, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = filled.connection(attempts=2)
    wanted = connection.bucket.listed("minute", DAYS[0], DAYS[0])[0]

    def broken(**_: object) -> None:
        raise error

    monkeypatch.setattr(connection.bucket._client, "get_object", broken)
    with pytest.raises(TryAgain, match=type(error).__name__), connection.files.file(wanted):
        pass


def test_a_plan_without_a_kind_is_no_wrong_key(filled: Massive) -> None:
    filled.store.proxy.fail("minute_aggs.*gz", Fault("status", status=403), None, methods="HEAD")
    filled.store.proxy.fail("minute_aggs.*gz", Fault("status", status=403, body=FORBIDDEN), None)
    bucket = filled.connection().bucket
    minute, day = (bucket.listed(kind, DAYS[0], DAYS[0])[0] for kind in ("minute", "day"))

    with pytest.raises(NotInPlan, match="not in the plan"):
        bucket.looked_up(minute)
    with pytest.raises(NotInPlan, match="minute_aggs_v1"):
        bucket.opened(minute, 0)
    assert b"".join(bucket.opened(day, 0).pieces) == BODY


def test_a_file_that_is_not_there_is_not_published_yet(filled: Massive) -> None:
    gone = Listed(key_of("minute", date(2024, 3, 1)), date(2024, 3, 1), 1, "0" * 32)

    with pytest.raises(NotPublished, match="11:00 New York"):
        filled.connection().bucket.looked_up(gone)
    with pytest.raises(NotPublished):
        filled.connection().bucket.opened(gone, 0)


def test_a_wrong_bucket_names_its_setting(massive: Massive) -> None:
    with pytest.raises(MissingError, match=r"massive\.bucket"):
        massive.connection(bucket="nosuchbucket").bucket.listed("minute", None, None)


def test_a_wrong_key_names_where_it_is_kept_and_shows_nothing_of_it(massive: Massive) -> None:
    massive.secrets["MASSIVE_AWS_ACCESS_KEY"] = Secret("AKIAWRONG")
    address = f"{massive.store.direct}/moto-api/reset-auth"
    requests.post(address, data="0", headers={"Content-Type": "text/plain"}, timeout=5)
    try:
        with pytest.raises(AccessError, match="MASSIVE_AWS_ACCESS_KEY") as told:
            massive.connection().bucket.listed("minute", None, None)
    finally:
        requests.post(address, data="inf", headers={"Content-Type": "text/plain"}, timeout=5)
    assert "AKIAWRONG" not in str(told.value)
    assert told.value.exit_code == 3
    assert massive.store.proxy.count() == 1


def test_a_wrong_secret_names_where_it_is_kept(massive: Massive) -> None:
    body = FORBIDDEN.replace(b"AccessDenied", b"SignatureDoesNotMatch")
    massive.store.proxy.fail("", Fault("status", status=403, body=body))

    with pytest.raises(AccessError, match="MASSIVE_AWS_SECRET_KEY"):
        massive.connection().bucket.listed("minute", None, None)


def test_the_machines_own_files_of_another_service_change_nothing(
    filled: Massive, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket_module._session.cache_clear()
    monkeypatch.setenv("AWS_PROFILE", "nosuchprofile")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "mars-1")

    assert filled.connection().bucket.listed("day", None, None)
    assert "us-east-1" in filled.store.proxy.asked[-1].headers["authorization"]
