"""The hooks of Night Shift: what a plugin may register, and where it may say no.

Hooks register, objects work: each is called once at start, plugin by plugin, and the objects it
returns (see `roles`) have the asynchronous methods. A third-party package offers its plugin by an
entry point of the group `nightshift.plugins`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from daemon.domain.briefing.document import Briefing
    from daemon.plugin.host import Host
    from daemon.plugin.roles import Check, Executor, Messenger, Shift, Source, Swarm

hookspec = pluggy.HookspecMarker("nightshift")
hookimpl = pluggy.HookimplMarker("nightshift")


@hookspec
def register_shifts(host: Host) -> Iterable[Shift]:  # type: ignore[empty-body]
    """Periodic jobs of the daemon. A shift replaces one of the same name that loaded earlier."""


@hookspec
def register_sources(host: Host) -> Iterable[Source]:  # type: ignore[empty-body]
    """Sources of market data that `lake ingest --source NAME` and the nights can ask."""


@hookspec
def register_swarms(host: Host) -> Iterable[Swarm]:  # type: ignore[empty-body]
    """Writers of mutations."""


@hookspec
def register_executors(host: Host) -> Iterable[Executor]:  # type: ignore[empty-body]
    """Places where evaluations run."""


@hookspec
def register_messengers(host: Host) -> Iterable[Messenger]:  # type: ignore[empty-body]
    """Ways to reach the owner."""


@hookspec
def register_checks(host: Host) -> Iterable[Check]:  # type: ignore[empty-body]
    """Health checks shown by `doctor`."""


@hookspec(firstresult=True)
def render_briefing(briefing: Briefing, audience: str) -> str | None:
    """The text of the briefing for an audience ("markdown", "html"); the first answer wins."""
