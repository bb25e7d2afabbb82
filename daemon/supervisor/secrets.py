"""Secrets by reference: the environment, else the service manager's credentials, else `.env`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from daemon.errors import UsageError
from daemon.log import Secret


def secrets_for(names: Iterable[str], folder: Path) -> dict[str, Secret]:
    """Those of the named secrets that exist; a plugin gets only what it names."""
    return {name: Secret(value) for name, value in plain_values_for(names, folder).items()}


def plain_values_for(names: Iterable[str], folder: Path) -> dict[str, str]:
    """The same for values that may be shown: addresses, regions."""
    wanted = tuple(names)
    sources = [os.environ, _credentials(wanted), _dot_env(folder / ".env")]
    return {
        name: next(source[name] for source in sources if name in source)
        for name in wanted
        if any(name in source for source in sources)
    }


def _credentials(names: Iterable[str]) -> Mapping[str, str]:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return {}
    files = [Path(folder) / name for name in names]
    return {path.name: path.read_text().strip() for path in files if path.is_file()}


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
