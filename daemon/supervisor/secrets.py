"""Secrets by reference: the environment, else the service manager's credentials, else `.env`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from daemon.errors import UsageError


def secrets_for(names: Iterable[str], folder: Path) -> dict[str, str]:
    """Those of the named secrets that exist; a plugin gets only what it names."""
    sources = [os.environ, _credentials(), _dot_env(folder / ".env")]
    found: dict[str, str] = {}
    for name in names:
        for source in sources:
            if name in source:
                found[name] = source[name]
                break
    return found


def _credentials() -> Mapping[str, str]:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return {}
    return {path.name: path.read_text().strip() for path in Path(folder).iterdir()}


def _dot_env(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(
            f"{path} can be read by others; expected mode 0600, run `chmod 600 {path}`"
        )
    lines = [line.strip() for line in path.read_text().splitlines()]
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}
