"""The embedded market: made-up prices with the known features of real ones, and a planted edge."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Source
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.source import SimulatedSource

SETTINGS = SimulatedSettings
SOURCES = ("simulated",)


@hookimpl
def register_sources(host: Host) -> Iterable[Source]:
    """The simulated market as a source of minute and daily bars."""
    return [SimulatedSource(host.settings(SimulatedSettings))]
