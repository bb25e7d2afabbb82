"""The source on two local services, for tests of what every source promises."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.plugin import Secret
from daemon.plugin.flatfiles.layout import key_of
from plugins.massive.connection import Connection
from plugins.massive.settings import MassiveSettings
from plugins.massive.source import MassiveSource
from tests.fakes import FakeClock
from tests.lake.flatfiles import daily, minutes
from tests.plugins.massive.samples import text
from tests.servers.faults import FaultyServer
from tests.servers.massive_rest import KEY, MassiveRest, bar
from tests.servers.s3 import store

NEW_YORK = ZoneInfo("America/New_York")
_numbers = itertools.count()


def source(days: Sequence[date], folder: Path, servers: ExitStack) -> MassiveSource:
    """Symbols A and B on these days, all but the last one as flat files; a split, a dividend."""
    bucket = servers.enter_context(store(f"contract{next(_numbers)}"))
    for day in days[:-1]:
        both = [*minutes("A", day, [10, 11]), *minutes("B", day, [20])]
        bucket.put({key_of("minute", day): text(both)})
        bucket.put({key_of("day", day): text([daily("A", day, 11), daily("B", day, 20)])})
    server = servers.enter_context(FaultyServer(_answers(days)))
    settings = MassiveSettings(endpoint=bucket.url, bucket=bucket.bucket, rest_url=server.url)
    names = ("MASSIVE_AWS_ACCESS_KEY", "MASSIVE_AWS_SECRET_KEY", "MASSIVE_API_KEY")
    secrets = {name: Secret(KEY) for name in names}
    clock = FakeClock(datetime(2026, 3, 2, 21, 0, tzinfo=UTC))
    return MassiveSource(Connection(settings, secrets, folder / "massive", clock), clock)


def _answers(days: Sequence[date]) -> MassiveRest:
    last = days[-1]
    opening = datetime.combine(last, time(9, 30), NEW_YORK)
    stamp = int(opening.timestamp()) * 1000
    return MassiveRest(
        minutes={(symbol, last): [bar(stamp, 12), bar(stamp + 60_000, 13)] for symbol in "AB"},
        days={last: [{"T": symbol, **bar(stamp + 23_400_000, 13)} for symbol in "AB"]},
        splits=[
            {"execution_date": str(last), "split_from": 1, "split_to": 2, "ticker": "A", "id": "1"}
        ],
        dividends=[{"ex_dividend_date": str(days[1]), "cash_amount": 0.5, "ticker": "A"}],
    )
