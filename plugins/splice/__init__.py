"""Splice: the local swarm, which changes genomes by typed operators on their syntax tree."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Swarm
from plugins.splice.settings import SpliceSettings
from plugins.splice.swarm import SpliceSwarm

SETTINGS = SpliceSettings


@hookimpl
def register_swarms(host: Host) -> Iterable[Swarm]:
    """The swarm `splice`."""
    return [SpliceSwarm(host.settings(SpliceSettings).tries)]
