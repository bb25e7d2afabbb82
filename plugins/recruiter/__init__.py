"""The recruiter shift: keeps the pool of untested genomes full, starting from the seeds."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Shift, Swarm
from plugins.recruiter.seeds import SeedSwarm
from plugins.recruiter.settings import RecruiterSettings
from plugins.recruiter.shift import RecruiterShift

SETTINGS = RecruiterSettings


@hookimpl
def register_shifts(host: Host) -> Iterable[Shift]:
    """The recruiter."""
    return [RecruiterShift(host)]


@hookimpl
def register_swarms(host: Host) -> Iterable[Swarm]:
    """The swarm that hands in the seeds unchanged."""
    return [SeedSwarm()]
