"""Flat files: a folder of the vendor's day files as a source of bars, ticks and actions."""

from __future__ import annotations

from daemon.plugin import Host, hookimpl
from plugins.files.source import FilesSource

SOURCES = ("files",)


@hookimpl
def register_sources(host: Host) -> list[FilesSource]:
    """The source "files"; it asks for its folder with each request."""
    return [FilesSource()]
