"""The books of paid model calls; what is settled never changes.

Requests and answers are kept compressed; the common part of prompts once, by its hash, beside the
settings. Every sum is one query over what was entered since an instant.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.calls import Call, CallState, Cap, Entry, Settlement
from daemon.domain.evolution.records import SettingsDocument
from daemon.store import tables, trials
from daemon.store.database import Database
from daemon.store.faults import fault_point

_MANY = 500


@dataclass(frozen=True, slots=True)
class Books:
    """The books in one database. now: the daemon's clock."""

    database: Database
    now: Callable[[], datetime]

    def enter(
        self, calls: Sequence[Call], caps: Sequence[Cap], common: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Enters calls in their order as far as every cap allows; the ids of those in the books.

        One that was entered before is there already and costs nothing more. common: the parts of
        prompts that requests share, by hash.
        """
        fault_point("before_enter")
        with self.database.writing() as session:
            kept = tuple(SettingsDocument(*pair) for pair in common.items())
            trials.keep_settings(session, kept)
            entered = tuple(_entered(session, calls, caps, self.now()))
        fault_point("after_enter")
        return entered

    def hand(self, ids: Sequence[str], handle: str) -> None:
        """Notes the batch that open calls were sent in."""
        table = tables.Call
        with self.database.writing() as session:
            for some in _parts(ids):
                mine = col(table.id).in_(some), col(table.state) == CallState.OPEN.value
                session.execute(update(table).where(*mine).values(handle=handle))
        fault_point("after_hand")

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Ends open calls, all in one transaction; one that has ended stays as it is."""
        fault_point("before_settle")
        with self.database.writing() as session:
            for each in settlements:
                _settle(session, each, self.now())
        fault_point("after_settle")

    def entries(self, mutations: Sequence[str]) -> Mapping[str, tuple[Entry, ...]]:
        """The calls of each of these requests that has any, the first attempt first."""
        table, found = tables.Call, dict[str, tuple[Entry, ...]]()
        with self.database.reading() as session:
            for some in _parts(mutations):
                query = select(table).where(col(table.mutation).in_(some))
                for row in session.scalars(query.order_by(col(table.attempt))):
                    found[row.mutation] = (*found.get(row.mutation, ()), _entry(row))
        return found

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar of everything entered since: settled, or else reserved."""
        with self.database.reading() as session:
            return _spent(session, since)

    def handles(self, since: datetime) -> frozenset[str]:
        """The batches that calls entered since were sent in."""
        table = tables.Call
        query = select(col(table.handle)).where(col(table.at) >= since, col(table.handle) != "")
        with self.database.reading() as session:
            return frozenset(session.scalars(query.distinct()))


def _entered(
    session: Session, calls: Iterable[Call], caps: Sequence[Cap], now: datetime
) -> Iterable[str]:
    left = min((cap.most - _spent(session, cap.since) for cap in caps), default=None)
    for call in calls:
        known = session.scalar(
            select(col(tables.Call.number)).where(col(tables.Call.id) == call.id)
        )
        if known is None:
            if left is not None and call.reserved > left:
                return
            session.execute(insert(tables.Call).values(**_values(call, now)))
            left = None if left is None else left - call.reserved
        yield call.id


def _spent(session: Session, since: datetime) -> int:
    table = tables.Call
    cost = case(
        (col(table.state) == CallState.OPEN.value, col(table.reserved)), else_=col(table.spent)
    )
    query = select(func.coalesce(func.sum(cost), 0)).where(col(table.at) >= since)
    return int(session.execute(query).scalar_one())


def _settle(session: Session, settlement: Settlement, now: datetime) -> None:
    table = tables.Call
    open_ = col(table.id) == settlement.id, col(table.state) == CallState.OPEN.value
    lost = settlement.state is CallState.LOST
    session.execute(
        update(table)
        .where(*open_)
        .values(
            state=settlement.state.value,
            answer=zlib.compress(settlement.answer.encode()),
            tokens=dict(settlement.tokens),
            spent=col(table.reserved) if lost else settlement.spent,
            settled=now,
        )
    )


def _values(call: Call, now: datetime) -> Mapping[str, object]:
    return {
        "id": call.id,
        "mutation": call.mutation,
        "night": call.night,
        "swarm": call.swarm,
        "model": call.model,
        "prompt": call.prompt,
        "common": call.common,
        "request": zlib.compress(call.request.encode()),
        "reserved": call.reserved,
        "attempt": call.attempt,
        "handle": "",
        "state": CallState.OPEN.value,
        "answer": b"",
        "tokens": {},
        "spent": 0,
        "at": now,
    }


def _entry(row: tables.Call) -> Entry:
    call = Call(
        id=row.id,
        mutation=row.mutation,
        night=row.night,
        swarm=row.swarm,
        model=row.model,
        prompt=row.prompt,
        common=row.common,
        request=zlib.decompress(row.request).decode(),
        reserved=row.reserved,
        attempt=row.attempt,
    )
    answer = zlib.decompress(row.answer).decode() if row.answer else ""
    state = CallState(row.state)
    return Entry(call, row.at, row.handle, state, answer, row.tokens, row.spent)


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _MANY] for start in range(0, len(ids), _MANY)]
