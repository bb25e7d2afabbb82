"""Splits and dividends with exact ratios, by ex-date."""

from __future__ import annotations

import pytest

from daemon.errors import BadDataError
from daemon.plugin.roles import ActionRow, Request
from tests.plugins.alpaca.service import DAYS, asked, source, vendor
from tests.servers.alpaca import AlpacaServer
from tests.servers.faults import FaultyServer


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B."""
    return vendor()


def test_splits_and_dividends_are_exact(service: AlpacaServer) -> None:
    def event(symbol: str, **values: object) -> dict[str, object]:
        return {"symbol": symbol, "ex_date": "2020-08-31", "process_date": "2020-09-20", **values}

    service.actions = {
        "forward_splits": [
            event("A", new_rate=4, old_rate=1),
            event("B", new_rate=1.5, old_rate=1),
        ],
        "reverse_splits": [event("C", new_rate=1, old_rate=8)],
        "stock_dividends": [event("D", rate=0.05)],
        "cash_dividends": [event("A", rate=0.505), event("A", rate=0.505, special=True)],
        "name_changes": [event("E", old_symbol="F")],
    }
    with FaultyServer(service) as server:
        splits = source(server.url).actions(Request("splits"))
        dividends = source(server.url).actions(Request("dividends", ("A",)))

    ratios = {row.symbol: (row.new, row.old) for row in splits}
    assert ratios == {"A": (4, 1), "B": (3, 2), "C": (1, 8), "D": (21, 20)}
    assert [row.cash for row in dividends] == [0.505, 0.505]


def test_actions_are_chosen_by_ex_date_although_the_vendor_chooses_by_another(
    service: AlpacaServer,
) -> None:
    dates = {"2023-01-05": "2023-02-20", "2023-01-04": "2023-01-05", "2023-01-10": "2023-01-10"}
    service.actions = {
        "cash_dividends": [
            {"symbol": "A", "ex_date": ex, "process_date": process, "rate": 1}
            for ex, process in dates.items()
        ]
    }
    with FaultyServer(service) as server:
        rows = source(server.url).actions(asked("dividends"))

    assert [row.ex_date for row in rows] == [DAYS[0]]


def test_a_broken_action_is_named(service: AlpacaServer) -> None:
    service.actions["reverse_splits"][0] = {**service.actions["reverse_splits"][0], "old_rate": 0}

    with FaultyServer(service) as server, pytest.raises(BadDataError, match="rates above 0"):
        list(source(server.url).actions(asked("splits")))


def split(symbol: str, rate: float) -> dict[str, object]:
    day = "2023-01-05"
    rates = {"new_rate": rate, "old_rate": 1}
    return {"symbol": symbol, "ex_date": day, "process_date": day, **rates}


def test_a_broken_action_costs_its_own_symbol_only(service: AlpacaServer) -> None:
    service.actions = {"forward_splits": [split("A", 2), split("B", 3), split("B", 0)]}
    rows: list[ActionRow] = []

    with FaultyServer(service) as server, pytest.raises(BadDataError) as told:
        rows.extend(source(server.url).actions(asked("splits")))

    assert [(row.symbol, row.new) for row in rows] == [("A", 2)]
    assert told.value.symbols == ("B",)


def test_an_action_of_nobody_refuses_them_all(service: AlpacaServer) -> None:
    nobody = {**split("A", 2), "symbol": None}
    service.actions = {"forward_splits": [split("A", 2), nobody]}

    with FaultyServer(service) as server, pytest.raises(BadDataError, match="symbol") as told:
        next(source(server.url).actions(Request("splits")))
    assert told.value.symbols == ()
