"""Files fetched ahead: in order, several at once, bounded, and given up when nobody reads on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Lock
from time import sleep

import pytest

from daemon.errors import MissingError, TransientError
from plugins.massive.ahead import SPARE, Ahead
from plugins.massive.listing import Listed

FILES = [
    Listed(f"file{k}", date(2024, 1, 1) + timedelta(days=k), 100 + k, "e" * 32) for k in range(12)
]
WAIT_S = 5.0


class Fetching:
    """Fetches by name; counts what is on its way and what was begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.now = self.most = 0
        self.lock = Lock()
        self.gate = Event()
        self.gate.set()

    def __call__(self, file: Listed, told: Callable[[int], None]) -> Path:
        with self.lock:
            self.begun.append(file.key)
            self.now += 1
            self.most = max(self.most, self.now)
        self.gate.wait(WAIT_S)
        try:
            if file.key == "file3":
                raise MissingError("file3 is not there")
            told(file.size)
        finally:
            with self.lock:
                self.now -= 1
        return Path(file.key)


def nothing(size: int, of: int) -> None:
    """Nobody looks."""


def test_files_come_in_order_and_all_bytes_are_told() -> None:
    fetch, told = Fetching(), list[tuple[int, int]]()
    ahead = Ahead(fetch, 3)
    found, missing = [], []

    with ahead.fetching(FILES, lambda size, of: told.append((size, of))):
        for file in FILES:
            try:
                with ahead.file(file) as path:
                    found.append(str(path))
            except MissingError as error:
                missing.append(str(error))

    assert found == [file.key for file in FILES if file.key != "file3"]
    assert missing == ["file3 is not there"]
    whole = sum(file.size for file in FILES)
    assert {of for _, of in told} == {whole}
    assert max(size for size, _ in told) == whole - FILES[3].size


def test_a_slow_reader_holds_the_downloads_up() -> None:
    fetch = Fetching()
    ahead = Ahead(fetch, 3)
    with ahead.fetching(FILES, nothing), ahead.file(FILES[0]), ahead.file(FILES[1]):
        with ahead.file(FILES[2]):
            pass

        with pytest.raises(MissingError), ahead.file(FILES[3]):
            pass
        with ahead.file(FILES[4]), ahead.file(FILES[5]), ahead.file(FILES[6]):
            assert len(fetch.begun) <= 2 + 3 + SPARE

    assert fetch.most <= 3


def test_two_readers_at_once_never_wait_for_a_file_that_cannot_begin() -> None:
    fetch = Fetching()
    ahead = Ahead(fetch, 1)
    files = [file for file in FILES if file.key != "file3"]

    def read(file: Listed) -> str:
        with ahead.file(file) as path:
            return str(path)

    with ahead.fetching(files, nothing), ThreadPoolExecutor(2) as pool:
        found = list(pool.map(read, files, timeout=WAIT_S))

    assert found == [file.key for file in files]


def test_a_reader_who_stops_early_leaves_the_rest_unfetched() -> None:
    fetch = Fetching()
    ahead = Ahead(fetch, 2)

    with ahead.fetching(FILES, nothing), ahead.file(FILES[0]):
        pass

    assert len(fetch.begun) <= 1 + 2 + SPARE


def test_a_download_on_its_way_ends_when_nobody_needs_it() -> None:
    fetch = Fetching()
    ahead = Ahead(fetch, 1)
    fetch.gate.clear()
    told: list[int] = []

    def open_the_gate() -> None:
        while ahead._run is not None:
            sleep(0.001)
        fetch.gate.set()

    with ThreadPoolExecutor(2) as pool:
        with ahead.fetching(FILES, lambda size, of: told.append(size)):
            reading = pool.submit(lambda: ahead.file(FILES[0]).__enter__())
            while not fetch.begun:
                assert not reading.done()
            pool.submit(open_the_gate)
        with pytest.raises(TransientError):
            reading.result(WAIT_S)

    assert told == []


def test_who_is_told_may_end_it_all() -> None:
    fetch = Fetching()
    ahead = Ahead(fetch, 1)

    def stopped(size: int, of: int) -> None:
        raise TransientError("stopped")

    with ahead.fetching(FILES, stopped):
        for file in FILES[:3]:
            with pytest.raises(TransientError), ahead.file(file):
                pass

    assert fetch.begun == ["file0"]


def test_without_an_announcement_a_file_is_fetched_when_it_is_asked_for() -> None:
    fetch = Fetching()

    with Ahead(fetch, 2).file(FILES[5]) as path:
        assert str(path) == "file5"
    assert fetch.begun == ["file5"]
