"""Massive (formerly Polygon): US stocks by flat files, and by REST for the newest days."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Source
from plugins.massive.connection import Connection
from plugins.massive.settings import API_KEYS, KEY_IDS, SECRET_KEYS, VARIABLES, MassiveSettings
from plugins.massive.source import MassiveSource

SETTINGS = MassiveSettings
CHANGES_RESULTS = False
SOURCES = ("massive",)
SECRETS = (*KEY_IDS, *SECRET_KEYS, *API_KEYS)
ENVIRONMENT = tuple(VARIABLES)


@hookimpl
def register_sources(host: Host) -> Iterable[Source]:
    """The source "massive"; its services are opened when it is first asked for something."""
    settings = host.settings(MassiveSettings).with_variables(host.environment)
    connection = Connection(settings, host.secrets, host.folder, host.clock)
    return [MassiveSource(connection, host.clock)]
