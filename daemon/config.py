"""daemon.toml as frozen settings: every key typed and described, an unknown one is an error.

A value comes from its default, the file, or an environment variable `NIGHTSHIFT_` + path with
`__`; `Loaded.origins` remembers which. Tables that are not listed in `Settings` belong to plugins
and are checked against the plugin's own model (`daemon.plugin.manager`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from daemon.errors import ConfigError, UsageError, did_you_mean
from daemon.settings import FrictionTable, Settings

Model = TypeVar("Model", bound=BaseModel)

ENVIRONMENT_PREFIX = "NIGHTSHIFT_"


@dataclass(frozen=True)
class Loaded:
    """Settings, the tables of plugins as written, where each value came from, and the file."""

    settings: Settings
    tables: Mapping[str, Mapping[str, Any]]
    origins: Mapping[str, str]
    path: Path | None
    text: str

    @property
    def folder(self) -> Path:
        """Folder that relative paths in the file are relative to."""
        return Path.cwd() if self.path is None else self.path.resolve().parent

    def resolve(self, path: Path) -> Path:
        """A path of the file as an absolute one."""
        return path if path.is_absolute() else self.folder / path

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.resolve(self.settings.daemon.state)

    @property
    def lake(self) -> Path:
        """The folder of the lake: DATA_DIR, the file's, or state/lake."""
        named = self.settings.lake.path
        return self.state / "lake" if named is None else self.resolve(named)

    def located(self, errors: Iterable[ConfigError]) -> list[ConfigError]:
        """The errors with where each wrong value came from: the file, or what was put over it."""
        return [
            ConfigError(one.key, one.message, one.suggestion, self._place(one.key))
            for one in errors
        ]

    def _place(self, key: str) -> str:
        """Of a key, of the table that it is, or of the list or table that it lies in."""
        origins = {
            origin
            for name, origin in self.origins.items()
            if f"{name}.".startswith(f"{key}.") or key.startswith(f"{name}.")
        }
        return str(self.path or "") if "file" in origins or not origins else min(origins)

    def with_overrides(self, values: Mapping[str, Any]) -> Loaded:
        """The same with `table.key` values of the command line put over it."""
        core = self.settings.model_dump(mode="python", exclude_unset=True)
        tables = {name: dict(table) for name, table in self.tables.items()}
        for path, value in values.items():
            table, key = path.split(".")
            home = core if table in Settings.model_fields else tables
            home.setdefault(table, {})[key] = value
        settings, errors = validated(Settings, core, "")
        origins = {**self.origins, **dict.fromkeys(values, "command line")}
        changed = replace(self, settings=settings, tables=tables, origins=origins)
        if errors:
            raise changed.located(errors)[0]
        return changed


def find_config(named: Path | None) -> Path | None:
    """The file asked for, else $NIGHTSHIFT_CONFIG, else ./daemon.toml, else none."""
    if named is None and (env := os.environ.get("NIGHTSHIFT_CONFIG")):
        named = Path(env)
    if named is not None:
        if not named.is_file():
            raise UsageError(
                f"no configuration at {named}; expected a daemon.toml there, "
                "`nightshift init` writes one"
            )
        return named
    here = Path("daemon.toml")
    return here if here.is_file() else None


def load_config(path: Path | None, state: Path | None = None) -> Loaded:
    """Reads and checks the core tables. ConfigError names the first wrong key."""
    loaded, errors = read_config(path, state)
    if errors:
        raise errors[0]
    return loaded


def read_config(path: Path | None, state: Path | None = None) -> tuple[Loaded, list[ConfigError]]:
    """Like `load_config`, but gives every error; the settings then hold defaults."""
    text = "" if path is None else _read_text(path)
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), f"is not valid TOML: {error}") from error
    origins = dict.fromkeys(_leaves(document), "file")
    origins |= _overlay(document, os.environ)
    if data_folder := os.environ.get("DATA_DIR"):
        document.setdefault("lake", {}).setdefault("path", data_folder)
        origins.setdefault("lake.path", "environment")
    if state is not None:
        document.setdefault("daemon", {})["state"] = str(state.resolve())
        origins["daemon.state"] = "command line"
    core = {k: v for k, v in document.items() if k in Settings.model_fields}
    tables = {k: v for k, v in document.items() if k not in core}
    errors = [
        ConfigError(key, f"expected a table, found {value!r}", _suggest(key))
        for key, value in tables.items()
        if not isinstance(value, dict)
    ]
    settings, found = validated(Settings, core, "")
    loaded = Loaded(settings, tables, origins, path, text)
    return loaded, loaded.located(errors + found)


def validated(
    model: type[Model], values: Mapping[str, Any], table: str
) -> tuple[Model, list[ConfigError]]:
    """The model filled with values, or its defaults and one error for each wrong key."""
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        return model(), [_explain(model, table, e) for e in error.errors()]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _suggest(key: str) -> str:
    return did_you_mean(key, Settings.model_fields)


def _explain(model: type[BaseModel], table: str, error: Any) -> ConfigError:
    place = [str(part) for part in error["loc"]]
    key = ".".join([table, *place] if table else place)
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        hint = did_you_mean(place[-1], known) or f"known here: {', '.join(sorted(known))}"
        return ConfigError(key, "unknown key", hint)
    found = repr(error["input"])
    return ConfigError(key, f"{error['msg'][0].lower()}{error['msg'][1:]}, was {found[:80]}")


def _known_keys(model: type[BaseModel], place: Iterable[str]) -> list[str]:
    for part in place:
        if part in model.model_fields:
            inner = model.model_fields[part].annotation
            model = inner if isinstance(inner, type) else FrictionTable
    return list(model.model_fields)


def _leaves(document: Mapping[str, Any], prefix: str = "") -> list[str]:
    names: list[str] = []
    for key, value in document.items():
        path = f"{prefix}{key}"
        names += _leaves(value, path + ".") if isinstance(value, dict) else [path]
    return names


def _overlay(document: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Puts NIGHTSHIFT_A__B=value into document[a][b]; gives the origins of what it set."""
    origins: dict[str, str] = {}
    for name, value in environment.items():
        rest = name.removeprefix(ENVIRONMENT_PREFIX)
        if rest == name or "__" not in rest:
            continue
        *tables, key = rest.lower().split("__")
        table: Any = document
        for part in tables:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise ConfigError(
                    ".".join([*tables, key]), f"{name} in the environment, but {part} is no table"
                )
        table[key] = _parsed(value)
        origins[".".join([*tables, key])] = "environment"
    return origins


def _parsed(value: str) -> Any:
    """A TOML value where the text is one, else the text itself."""
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
