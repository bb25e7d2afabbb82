"""The executor shift: backtests waiting genomes, and promotes or fails them."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Shift
from plugins.executor.settings import ExecutorSettings
from plugins.executor.shift import ExecutorShift

SETTINGS = ExecutorSettings


@hookimpl
def register_shifts(host: Host) -> Iterable[Shift]:
    """The executor."""
    return [ExecutorShift(host)]
