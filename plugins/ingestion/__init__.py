"""The ingestion: keeps the watched symbols complete from the configured sources."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Check, Shift
from plugins.ingestion.checks import Keys
from plugins.ingestion.settings import IngestionSettings
from plugins.ingestion.shifts import Backfill, Live, Retry

SETTINGS = IngestionSettings
CHANGES_RESULTS = False


@hookimpl
def register_shifts(host: Host) -> Iterable[Shift]:
    """The daily filling, the retries, and the live updater."""
    settings = host.settings(IngestionSettings)
    return [Backfill(host, settings), Retry(host, settings), Live(host, settings)]


@hookimpl
def register_checks(host: Host) -> Iterable[Check]:
    """Whether the sources of what is watched have their keys."""
    settings = host.settings(IngestionSettings)
    return [Keys(host.supply, settings)] if settings.watch else []
