"""What every source of market data promises, over all that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import ACTION_KINDS, BAR_KINDS, KINDS, Rank
from daemon.domain.market.quality import first_fault
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Batch, Part, Request, Source
from plugins.files.source import FilesSource
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.source import SimulatedSource
from tests.lake.flatfiles import daily, minutes, write_day, write_reference
from tests.plugins.alpaca import service
from tests.plugins.massive import service as massive_service
from tests.plugins.tradovate import service as contracts
from tests.servers.faults import FaultyServer

DAYS = (date(2023, 1, 5), date(2023, 1, 6), date(2023, 1, 9))
_FOUR_HOURS = 4 * 3_600_000_000_000


@dataclass(frozen=True)
class Case:
    """A source, a request that it can answer, and two of the symbols in the answer."""

    source: Source
    request: Request
    symbols: tuple[str, str]


def files(folder: Path, servers: ExitStack) -> Case:
    """Three sessions of two symbols."""
    for day in DAYS:
        write_day(folder, "minute", day, [*minutes("A", day, [10, 11]), *minutes("B", day, [20])])
        write_day(folder, "day", day, [daily("A", day, 11), daily("B", day, 20)])
    write_reference(
        folder, "splits", ["ticker,execution_date,split_from,split_to", "A,2023-01-09,1,2"]
    )
    write_reference(
        folder, "dividends", ["ticker,ex_dividend_date,cash_amount", "A,2023-01-06,0.5"]
    )
    return Case(FilesSource(), Request("minute", folder=folder), ("A", "B"))


def simulated(folder: Path, servers: ExitStack) -> Case:
    """The embedded market, three sessions of it."""
    settings = SimulatedSettings()
    symbols = settings.symbols[0], settings.symbols[1]
    request = Request("minute", symbols, DAYS[0], DAYS[-1])
    return Case(SimulatedSource(settings), request, symbols)


def alpaca(folder: Path, servers: ExitStack) -> Case:
    """Three sessions of two symbols from a local service."""
    server = servers.enter_context(FaultyServer(service.vendor(page=4)))
    return Case(service.source(server.url), service.asked(), ("A", "B"))


def massive(folder: Path, servers: ExitStack) -> Case:
    """Three sessions of two symbols, two as flat files of a local bucket, one by REST."""
    source = massive_service.source(DAYS, folder, servers)
    return Case(source, Request("minute", ("A", "B"), DAYS[0], DAYS[-1]), ("A", "B"))


def tradovate(folder: Path, servers: ExitStack) -> Case:
    """Three sessions of two contracts from a local service."""
    running = servers.enter_context(contracts.running(contracts.vendor()))
    return Case(running.source(), contracts.asked(), ("ESH3", "NQH3"))


SHIPPED = (files, simulated, alpaca, massive, tradovate)


@pytest.fixture(params=SHIPPED, ids=lambda build: build.__name__)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """Each source that ships, with the servers it needs."""
    build: Callable[[Path, ExitStack], Case] = request.param
    with ExitStack() as servers:
        yield build(tmp_path, servers)


def kinds(case: Case) -> Iterator[Request]:
    """The request for each kind of bars the source has."""
    return (replace(case.request, kind=kind) for kind in case.source.kinds if kind in BAR_KINDS)


def bars(case: Case, request: Request) -> list[Batch]:
    """Everything the source has for a request."""
    return [
        batch for part in case.source.parts(request) for batch in case.source.rows(part, request)
    ]


def same(left: list[Batch], right: list[Batch]) -> bool:
    """True if two answers hold the same rows in the same order."""
    names = ("open_time", *FIELDS, "transactions")
    return [one.symbol for one in left] == [one.symbol for one in right] and all(
        np.array_equal(a.columns[name], b.columns[name])
        for a, b in zip(left, right, strict=True)
        for name in names
    )


def test_it_is_a_source_with_a_name_and_known_kinds(case: Case) -> None:
    assert isinstance(case.source, Source)
    assert case.source.name
    assert case.source.kinds
    assert set(case.source.kinds) <= set(KINDS)


def test_parts_have_keys_of_their_own_that_stay(case: Case) -> None:
    for request in kinds(case):
        parts = case.source.parts(request)

        assert parts
        assert len({part.key for part in parts}) == len(parts)
        assert all(isinstance(part, Part) and part.stamp for part in parts)
        assert list(parts) == list(case.source.parts(request))


def test_bars_keep_every_rule_of_quality(case: Case) -> None:
    for request in kinds(case):
        for batch in bars(case, request):
            rows = Rows(*(batch.columns[name] for name in ("open_time", *FIELDS)))

            assert len(rows) > 0
            assert first_fault(rows, minutes=request.kind == "minute") is None
            assert np.all(rows.high >= np.maximum(rows.open, rows.close))
            assert np.all(rows.low <= np.minimum(rows.open, rows.close))


def test_columns_are_those_of_the_kind_with_its_types_and_equal_lengths(case: Case) -> None:
    for request in kinds(case):
        for batch in bars(case, request):
            found = [(name, column.dtype.str) for name, column in batch.columns.items()]

            assert tuple(found) == KINDS[request.kind].columns
            assert len({len(column) for column in batch.columns.values()}) == 1
            assert batch.origin
            assert isinstance(batch.rank, Rank)


def test_only_the_symbols_asked_for_come(case: Case) -> None:
    for request in kinds(case):
        only = replace(request, symbols=case.symbols[:1])

        assert {batch.symbol for batch in bars(case, only)} == {case.symbols[0]}
        assert bars(case, replace(request, symbols=("NOSUCH",))) == []


def test_only_the_dates_asked_for_come(case: Case) -> None:
    middle = (DAYS[1] - date(1970, 1, 1)).days
    for request in kinds(case):
        answer = bars(case, replace(request, start=DAYS[1], end=DAYS[1]))

        assert answer
        for batch in answer:
            days = (batch.columns["open_time"] - _FOUR_HOURS) // 86_400_000_000_000
            assert set(days.tolist()) == {middle}


def test_asked_again_or_from_threads_it_answers_the_same(case: Case) -> None:
    for request in kinds(case):
        first = bars(case, request)
        with ThreadPoolExecutor(2) as pool:
            others = list(pool.map(lambda asked: bars(case, asked), [request, request]))

        assert all(same(first, other) for other in others)


def test_actions_are_of_their_kind_and_of_the_symbols_asked_for(case: Case) -> None:
    for kind in set(case.source.kinds) & set(ACTION_KINDS):
        every = list(case.source.actions(replace(case.request, kind=kind)))
        none = case.source.actions(replace(case.request, kind=kind, symbols=("NOSUCH",)))

        assert every
        assert list(none) == []
        for row in every:
            assert (row.cash > 0) == (kind == "dividends")
            assert (row.new != row.old) == (kind == "splits")


def test_ingesting_it_twice_changes_nothing(case: Case, calendar: Path, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake", cache=calendar)
    for request in kinds(case):
        first = ingest(lake, case.source, request)
        digest = lake.digest()

        again = ingest(lake, case.source, request)
        forced = ingest(lake, case.source, request, force=True)

        assert first.rows > 0
        assert (again.parts, again.rows, forced.rows) == (0, 0, 0)
        assert first.failed == again.failed == forced.failed == ()
        assert lake.digest() == digest
    market, skipped = lake.market(case.symbols, "1d")
    assert (market.symbols, skipped, market.sessions) == (case.symbols, (), 3)
    assert market.simulated == (case.source.name == "simulated")


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the exchange's calendar, made once."""
    return tmp_path_factory.mktemp("calendar")
