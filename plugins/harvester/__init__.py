"""The harvester shift: turns the swarm's answers into genomes or lessons."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Shift
from plugins.harvester.settings import HarvesterSettings
from plugins.harvester.shift import HarvesterShift

SETTINGS = HarvesterSettings


@hookimpl
def register_shifts(host: Host) -> Iterable[Shift]:
    """The harvester."""
    return [HarvesterShift(host)]
