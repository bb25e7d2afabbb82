"""A hundred lakes with one broken file each: the rest is read, and the lost days come back."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from loguru import logger

from daemon.domain.market.kinds import KINDS
from daemon.errors import BadDataError, MissingError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.lost import lost_parts
from daemon.lake.manifest import load_manifest
from daemon.lake.parquet import decode, encode
from daemon.lake.verify import part_problem
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

ALL = Request("minute")
DAYS = (date(2023, 12, 29), date(2024, 1, 2))
SYMBOLS = ("A", "B", "C", "d")
CASES = 100


def giving() -> FakeSource:
    """Four symbols with sixty minutes on a day of each of two years."""
    return FakeSource(
        {day: [batch(s, *_bars(day, place)) for place, s in enumerate(SYMBOLS)] for day in DAYS},
        name="giver",
    )


def _bars(day: date, place: int) -> tuple[list[int], list[float]]:
    return (
        [opening(day) + k * MINUTE for k in range(60)],
        [50.1 + place + (k * 7 + day.year) % 17 / 8 for k in range(60)],
    )


@pytest.fixture(autouse=True)
def _in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs a power cut; the disk would take most of the time."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole lake, to be copied."""
    folder = tmp_path_factory.mktemp("whole") / "lake"
    ingest(Lake(folder, cache=folder.parent / "cache"), giving(), ALL)
    return folder


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Warnings of the lake, a line each."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 2, 30))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(content))


def _truncate(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def _empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _remove(path: Path, chance: random.Random) -> None:
    path.unlink()


def _other_schema(path: Path, chance: random.Random) -> None:
    kind = KINDS[chance.choice(("splits", "trades", "day"))]
    rows = {name: np.ones(3, dtype=dtype) for name, dtype in kind.stored}
    path.write_bytes(encode(kind, rows))


def _doubled_rows(path: Path, chance: random.Random) -> None:
    kind = KINDS["minute"]
    rows = decode(kind, path, [name for name, _ in kind.stored])
    path.write_bytes(encode(kind, {name: np.repeat(c, 2) for name, c in rows.items()}))


def _other_types(path: Path, chance: random.Random) -> None:
    table = pq.read_table(path)
    place = table.column_names.index("close")
    path_table = table.set_column(place, "close", table["close"].cast(pa.float32()))
    pq.write_table(path_table, path)


def _garbage(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(chance.randrange(400)))


def _other_manifest(path: Path, chance: random.Random) -> None:
    document = json.loads(path.read_text())
    document[chance.choice(("version", "symbol", "parts"))] = "other"
    path.write_text(json.dumps(document))


OF_PARTS = (
    _flip,
    _flip,
    _truncate,
    _empty,
    _remove,
    _other_schema,
    _doubled_rows,
    _other_types,
    _garbage,
)
OF_MANIFESTS = (_garbage, _other_manifest)


@pytest.mark.parametrize("seed", range(CASES))
def test_one_broken_file_is_set_aside_and_its_days_come_back(
    whole: Path,
    tmp_path: Path,
    told: list[str],
    fingerprint: Callable[[Path], dict[str, str]],
    seed: int,
) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "lake"
    shutil.copytree(whole, folder)
    lake = Lake(folder, hot=tmp_path / "hot", cache=whole.parent / "cache")
    victim = chance.choice(SYMBOLS)
    of_manifest = seed % 5 == 0
    pattern = "manifest.json" if of_manifest else f"{chance.choice(DAYS).year}-*.parquet"
    (path,) = lake.layout.folder("minute", victim).glob(pattern)
    chance.choice(OF_MANIFESTS if of_manifest else OF_PARTS)(path, chance)
    read = chance.choice((_by_market, _by_symbol, _by_sql, None))

    if read is not None:
        _expect(victim, read(lake))
    problems = lake.verify()
    lake.set_aside(problems)

    sentences = [*told, *(one.message for one in problems)]
    assert len(sentences) == 1, sentences
    assert path.name in sentences[0]
    assert "\n" not in sentences[0].strip()
    assert lake.verify() == ()
    _expect(victim, _by_market(lake))
    lost = lost_parts(lake.layout)
    assert {(one.kind, one.symbol) for one in lost} == {("minute", victim)}
    assert {one.origins[0] for one in lost} <= {"fake", "giver"}
    assert any("not back yet" in warning for warning in lake.health()["warnings"])

    report = ingest(lake, giving(), ALL)

    assert (report.failed, report.rows) == ((), 60 * len(lost))
    with single_writer(lake.layout):
        pass
    assert fingerprint(folder) == fingerprint(whole)


Closes = dict[str, list[float]]


def _by_market(lake: Lake) -> Closes:
    market, _ = lake.market(SYMBOLS, "1m")
    return {
        symbol: market.close[~market.stale[:, place], place].tolist()
        for place, symbol in enumerate(market.symbols)
    }


def _by_symbol(lake: Lake) -> Closes:
    found = {}
    for symbol in SYMBOLS:
        try:
            found[symbol] = lake.read_symbol("minute", symbol)["close"].tolist()
        except MissingError:
            found[symbol] = []
    return found


def _by_sql(lake: Lake) -> Closes:
    found: Closes = {}
    text = "SELECT symbol, close, open, volume FROM minute ORDER BY symbol, open_time"
    for symbol, close, *_ in lake.sql(text).rows:
        found.setdefault(symbol, []).append(close)
    return found


def _expect(victim: str, closes: Closes) -> None:
    """All of the others, and of the victim all years, one or none; never another price."""
    for place, symbol in enumerate(SYMBOLS):
        years = [_bars(day, place)[1] for day in DAYS]
        every = [*years[0], *years[1]]
        if symbol == victim:
            assert closes.get(symbol, []) in ([], *years, every)
        else:
            assert closes[symbol] == every


def test_a_broken_part_is_set_aside_beside_a_writer_and_settled_by_the_next(
    lake: Lake, told: list[str]
) -> None:
    ingest(lake, giving(), ALL)
    (path,) = lake.layout.folder("minute", "B").glob("2024-*.parquet")
    path.write_bytes(b"x")
    with FileLock(lake.layout.lock):
        assert _by_symbol(lake)["B"] == _bars(DAYS[0], 1)[1]
        assert len(lake.verify()) == 1
        assert _by_symbol(lake)["B"] == _bars(DAYS[0], 1)[1]
    assert len(told) == 1

    assert ingest(lake, giving(), ALL).rows == 60
    assert lake.verify() == ()


def test_a_lake_that_may_not_be_written_tells_what_is_broken(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(lake, giving(), ALL)
    (path,) = lake.layout.folder("minute", "B").glob("2024-*.parquet")
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("daemon.lake.quarantine.os.replace", refuse)

    with pytest.raises(BadDataError, match="expected a whole Parquet part"):
        lake.read_symbol("minute", "B")


def test_what_is_lost_is_told_again_until_it_is_back(lake: Lake) -> None:
    ingest(lake, giving(), ALL)
    (path,) = lake.layout.folder("minute", "B").glob("2024-*.parquet")
    path.write_bytes(b"x")
    with pytest.raises(MissingError):
        lake.read_symbol("minute", "B", DAYS[1])

    (problem,) = lake.repair()
    (again,) = lake.repair()

    assert (problem.symbol, problem.file) == ("B", path.name)
    assert problem.origins == again.origins == ("fake",)
    assert {problem.start, problem.end, again.start, again.end} == {DAYS[1]}
    assert "1 days of 2024 are in quarantine and not back yet; they came from fake" in again.message
    ingest(lake, giving(), ALL)
    assert lake.repair() == ()
    assert list(lake.layout.quarantine.iterdir()) == []


class Dateless(FakeSource):
    """The same in one part that is of no day, as the simulated market gives it."""

    def parts(self, request: Request) -> list[Part]:
        """All of it."""
        return [Part("everything", None, "1")]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """Day after day."""
        for day in self.days:
            yield from self.days[day]


def test_a_part_of_no_day_is_read_again_for_any_year_that_was_lost(lake: Lake) -> None:
    source = Dateless(giving().days)
    ingest(lake, source, ALL)
    (path,) = lake.layout.folder("minute", "B").glob("2024-*.parquet")
    path.write_bytes(b"x")
    lake.repair()

    assert ingest(lake, source, ALL).rows == 60


@pytest.mark.parametrize("name", ["2024-*.parquet", "manifest.json"])
@pytest.mark.parametrize("point", ["before_receipts", "before_manifest", "after_manifest"])
def test_a_repair_that_was_killed_is_done_by_the_next_writer(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]], point: str, name: str
) -> None:
    ingest(lake, giving(), ALL)
    before = fingerprint(lake.layout.root)
    (path,) = lake.layout.folder("minute", "B").glob(name)
    path.write_bytes(b"x")

    def dying(at: str) -> None:
        if at == point:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Lake(lake.layout.root, cache=lake.layout.cache, fault=dying).repair()
    report = ingest(lake, giving(), ALL)

    assert report.rows == (120 if name == "manifest.json" else 60)
    with single_writer(lake.layout):
        pass
    assert fingerprint(lake.layout.root) == before


def test_a_part_that_a_writer_made_whole_meanwhile_is_not_moved(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(lake, giving(), ALL)
    path = min(lake.layout.folder("minute", "B").glob("*.parquet"))
    content = path.read_bytes()
    path.write_bytes(b"torn")
    problems = lake.verify()
    path.write_bytes(content)
    lake.set_aside(problems)
    assert path.read_bytes() == content

    path.write_bytes(b"torn")

    def looked_at(*arguments: Any) -> str:
        found = part_problem(*arguments)
        path.write_bytes(content)
        return found

    monkeypatch.setattr("daemon.lake.quarantine.part_problem", looked_at)
    with pytest.raises(BadDataError):
        lake.read_symbol("minute", "B")
    assert len(lake.read_symbol("minute", "B")["close"]) == 120
    assert list(lake.layout.quarantine.iterdir()) == []


def test_splits_are_not_back_while_another_source_has_as_many(lake: Lake) -> None:
    for name, day in (("giver", DAYS[0]), ("other", DAYS[1])):
        source = FakeSource({}, [ActionRow("A", day, new=2.0)], name)
        ingest(lake, source, Request("splits"))
    manifest = load_manifest(lake.layout.manifest("splits", "A"))
    assert manifest is not None
    (first,) = [part for part in manifest.parts if part.origins[0].text == "giver"]
    (lake.layout.folder("splits", "A") / first.file).write_bytes(b"torn")
    lake.repair()

    (lost,) = lost_parts(lake.layout)
    assert lost.origins == ("giver",)
    ingest(lake, FakeSource({}, [ActionRow("A", DAYS[0], new=2.0)], "giver"), Request("splits"))
    assert lost_parts(lake.layout) == ()
