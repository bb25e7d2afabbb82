"""Downloads are whole or absent, whatever the connection does."""

from __future__ import annotations

import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daemon.errors import BadDataError, MissingError, NoRoomError, TransientError
from daemon.plugin.flatfiles.layout import key_of
from plugins.massive import download
from plugins.massive.download import TEMPORARY, Downloader, forget, sweep
from plugins.massive.listing import Listed
from tests.plugins.massive.conftest import STALLED, Massive
from tests.servers.answers import Kind
from tests.servers.faults import Fault

DAY = date(2024, 1, 2)
KEY = key_of("minute", DAY)
BODY = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(310_000)
FAULTS = 500
KINDS: tuple[Kind, ...] = (
    *("cut", "short", "etag", "garbage", "refuse", "status") * 3,
    *("stall", "drip", "head", "closed"),
)


def untold(size: int) -> None:
    """Nobody looks."""


def downloader(massive: Massive, keep: bool = False, **settings: Any) -> Downloader:
    """Fetches from the test's bucket."""
    connection = massive.connection(keep_files=keep, **settings)
    return Downloader(
        connection.bucket, massive.folder, keep, connection.policy, massive.quick.waiting
    )


def listed(massive: Massive) -> Listed:
    """The one file, as it is now."""
    return massive.connection().bucket.listed("minute", DAY, DAY)[0]


@pytest.fixture
def filled(massive: Massive) -> Massive:
    """A bucket with one file."""
    massive.store.put({KEY: BODY})
    return massive


def finished(folder: Path) -> list[Path]:
    """Every file that is not a temporary one."""
    return [path for path in folder.rglob("*") if path.is_file() and TEMPORARY not in path.parts]


def temporary(folder: Path) -> list[Path]:
    """Half-written files."""
    return list((folder / TEMPORARY).glob("*"))


def test_a_file_arrives_whole_and_tells_its_bytes(filled: Massive) -> None:
    told: list[int] = []

    path = downloader(filled).fetch(listed(filled), told.append)

    assert path.read_bytes() == BODY
    assert path.name == "2024-01-02.csv.gz"
    assert told == sorted(told)
    assert told[-1] == len(BODY)
    assert temporary(filled.folder) == []


def test_a_download_that_breaks_off_is_carried_on_where_it_ended(filled: Massive) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault("cut", share=0.4))
    filled.store.proxy.fail("csv.gz", Fault("cut", share=0.5))

    path = downloader(filled).fetch(wanted, untold)

    asked = [a.headers for a in filled.store.proxy.asked if a.path.endswith("csv.gz")]
    assert path.read_bytes() == BODY
    assert [a.get("range", "") for a in asked] == ["", "bytes=120000-", "bytes=210000-"]
    assert all(a["if-match"] == f'"{wanted.etag}"' for a in asked)


def test_a_file_replaced_between_two_tries_is_begun_again(filled: Massive) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault("cut"))
    filled.store.proxy.fail("csv.gz", Fault("status", status=503, retry_after="1"))
    sleep = filled.quick.sleep

    def replaced(seconds: float) -> None:
        filled.store.put({KEY: OTHER})
        sleep(seconds)

    filled.quick.sleep = replaced  # type: ignore[method-assign]
    path = downloader(filled).fetch(wanted, untold)

    assert path.read_bytes() == OTHER
    assert filled.store.proxy.count("csv.gz", "HEAD") == 1


@pytest.mark.parametrize("kind", ["short", "garbage", "etag", "stall", "refuse"])
def test_an_answer_that_is_wrong_is_thrown_away_and_asked_for_again(
    filled: Massive, kind: str
) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault(kind), times=2)  # type: ignore[arg-type]

    settings = STALLED if kind == "stall" else {}

    assert downloader(filled, **settings).fetch(wanted, untold).read_bytes() == BODY
    assert len(filled.quick.slept) >= 2


def test_a_server_that_never_sends_the_right_bytes_is_given_up(filled: Massive) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault("garbage"), times=None)

    with pytest.raises(TransientError, match="checksum"):
        downloader(filled, attempts=3).fetch(wanted, untold)
    assert filled.store.proxy.count("csv.gz") == 3
    assert finished(filled.folder) == temporary(filled.folder) == []


def test_tries_go_on_as_long_as_they_bring_bytes(filled: Massive) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault("cut", share=0.3), times=9)

    assert downloader(filled, attempts=2).fetch(wanted, untold).read_bytes() == BODY


def test_a_server_that_drips_is_left_and_asked_anew(
    filled: Massive, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = listed(filled)
    monkeypatch.setattr(download, "SLOWEST", 1e9)
    tick = iter(range(0, 10_000_000, 100))
    fetching = downloader(filled, attempts=2)
    slow = replace(fetching.waiting, monotonic=lambda: float(next(tick)))

    with pytest.raises(TransientError, match="kilobyte"):
        replace(fetching, waiting=slow).fetch(wanted, untold)
    assert finished(filled.folder) == []


def test_a_kept_file_is_fetched_once_and_again_when_it_was_replaced(filled: Massive) -> None:
    fetching = downloader(filled, keep=True)
    first = fetching.fetch(listed(filled), untold)
    again = fetching.fetch(listed(filled), untold)
    before = filled.store.proxy.count("csv.gz")
    filled.store.put({KEY: OTHER})

    third = fetching.fetch(listed(filled), untold)

    assert first == again == third == filled.folder / KEY
    assert before == 1
    assert third.read_bytes() == OTHER


def test_without_keeping_two_readers_have_a_file_each(filled: Massive) -> None:
    fetching, wanted = downloader(filled), listed(filled)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: fetching.fetch(wanted, untold), range(2))

    forget(one)

    assert other.read_bytes() == BODY
    assert not one.parent.exists()


def test_what_a_killed_download_left_is_gone_at_the_next_start(filled: Massive) -> None:
    kept = downloader(filled, keep=True).fetch(listed(filled), untold)
    lost = downloader(filled).fetch(listed(filled), untold)
    half = filled.folder / TEMPORARY / "2024-01-02.csv.gz-x"
    half.write_bytes(b"half")

    sweep(filled.folder)

    assert (kept.exists(), lost.exists(), half.exists()) == (True, False, False)


def test_a_full_disk_is_told_before_anything_is_fetched(
    filled: Massive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", 1 << 60)

    with pytest.raises(NoRoomError, match="no room left"):
        downloader(filled).fetch(listed(filled), untold)
    assert filled.store.proxy.count("csv.gz") == 0


def test_a_disk_that_fills_during_a_download_is_told(
    filled: Massive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(tmp_path / "full")

    def full(**_: object) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(tempfile, "mkstemp", full)

    with pytest.raises(NoRoomError, match=r"cannot be written \(No space.*; free some space"):
        downloader(filled).fetch(listed(filled), untold)
    assert finished(filled.folder) == []


def test_a_port_that_closes_during_a_download_is_asked_again(filled: Massive) -> None:
    wanted = listed(filled)
    filled.store.proxy.fail("csv.gz", Fault("cut"))
    filled.store.proxy.fail("csv.gz", Fault("closed"))
    opening_at_the_second_pause(filled)

    assert downloader(filled).fetch(wanted, untold).read_bytes() == BODY
    assert len(filled.quick.slept) == 3


def opening_at_the_second_pause(massive: Massive) -> None:
    """So that one try meets the closed port."""
    sleep, proxy, met = massive.quick.sleep, massive.store.proxy, [0]

    def opened(seconds: float) -> None:
        met[0] += proxy.is_closed
        if met[0] == 2:
            proxy.open_port()
            met[0] = 0
        sleep(seconds)

    massive.quick.sleep = opened  # type: ignore[method-assign]


def test_a_folder_that_cannot_be_written_is_told(filled: Massive) -> None:
    filled.folder.parent.mkdir(exist_ok=True)
    filled.folder.write_text("a file stands here")

    with pytest.raises(MissingError, match="cannot be written"):
        downloader(filled).fetch(listed(filled), untold)


def test_after_any_of_many_faults_a_file_is_whole_or_absent(
    filled: Massive, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(20261120)
    monkeypatch.setattr(download, "PATIENCE_S", 0.006)
    monkeypatch.setattr(download, "SLOWEST", 1e9)
    opening_at_the_second_pause(filled)
    wanted = listed(filled)
    fetching = downloader(filled, attempts=3, timeout_s=0.04)
    ticking = replace(fetching.waiting, monotonic=lambda: filled.quick.now + time.perf_counter())
    fetching = replace(fetching, waiting=ticking)
    whole = given_up = 0
    while filled.store.proxy.failed < FAULTS:
        faults = [_fault(draw) for _ in range(4)]
        for fault in faults:
            filled.store.proxy.fail("csv.gz", fault)
        try:
            path = fetching.fetch(wanted, untold)
        except (TransientError, MissingError, BadDataError):
            given_up += 1
        else:
            whole += 1
            assert path.read_bytes() == BODY, faults
            forget(path)
        filled.store.proxy.heal()

        assert finished(filled.folder) == [], faults
        assert temporary(filled.folder) == [], faults
    assert whole > 10
    assert given_up > 10


def _fault(draw: random.Random) -> Fault:
    kind = draw.choice(KINDS)
    status = draw.choice([403, 404, 429, 500, 503])
    seconds = 0.05 if kind == "stall" else 0.004
    return Fault(kind, share=draw.uniform(0.01, 0.99), status=status, seconds=seconds, pieces=4)
