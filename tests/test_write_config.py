"""daemon.toml: written from the models, complete, and true."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemon.config import load_config
from daemon.domain.trading.friction import SHIPPED
from daemon.plugin.manager import Plugins, load_plugins
from daemon.settings import FrictionTable, RetentionTable, Settings
from daemon.supervisor.profiles import frictions

DEFAULT = re.compile(r"^# (\w+ = \S.*)$")
UNSET = re.compile(r"^# (\w+) = $")


@pytest.fixture(scope="module")
def tool(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("w", repository / "tools" / "write_config.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shipped(repository: Path) -> list[str]:
    return (repository / "daemon.toml").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """The shipped ones, whatever else is installed."""
    return load_plugins(Settings().plugins.load)


def test_the_file_is_up_to_date(tool: ModuleType, shipped: list[str]) -> None:
    assert tool.rendered().splitlines() == shipped, "run `python tools/write_config.py`"


def test_as_it_is_it_changes_nothing(repository: Path) -> None:
    loaded = load_config(repository / "daemon.toml")

    assert frictions(loaded.settings) == SHIPPED


def test_uncommenting_every_default_gives_the_same_settings(
    shipped: list[str], tmp_path: Path, plugins: Plugins
) -> None:
    path = tmp_path / "daemon.toml"
    path.write_text("\n".join(DEFAULT.sub(r"\1", line) for line in shipped), encoding="utf-8")

    loaded = load_config(path)

    exact = loaded.settings.model_dump(exclude={"friction"})
    assert exact == Settings().model_dump(exclude={"friction"})
    assert frictions(loaded.settings) == SHIPPED
    assert plugins.check_tables(loaded.tables) == []
    assert plugins.effective_tables(loaded.tables) == plugins.effective_tables({})
    assert len(loaded.origins) > 70


def test_every_key_is_in_the_file_with_a_sentence_above_it(
    shipped: list[str], plugins: Plugins
) -> None:
    wanted = {
        f"{table}.{key}"
        for table, values in Settings().model_dump().items()
        if table not in {"friction", "universes"}
        for key, value in values.items()
        if not isinstance(value, dict)
    }
    wanted |= {f"lake.retention.{key}" for key in RetentionTable.model_fields}
    wanted |= {f"friction.none.{key}" for key in FrictionTable.model_fields}
    wanted |= {f"{t}.{key}" for t, values in plugins.effective_tables({}).items() for key in values}

    found = sentences(shipped)

    assert wanted <= set(found)
    for key in wanted:
        assert re.search(r"^[A-Z\"].*\.$", found[key]), key


def sentences(lines: list[str]) -> dict[str, str]:
    """The comment lines above each key, by table and key."""
    table, above, found = "", [], {}
    for line in lines:
        if line.startswith("["):
            table, above = line.strip("[]"), []
        elif match := DEFAULT.match(line) or UNSET.match(line):
            found[f"{table}.{match[1].partition(' =')[0]}"] = " ".join(above)
            above = []
        else:
            above = [*above, line.removeprefix("# ")] if line.startswith("#") else []
    return found


@pytest.mark.parametrize(
    "value", [True, 3, 0.5, "a", ("a", "b"), (), ("a", 1.5, False), Path("state")]
)
def test_a_value_written_as_toml_is_read_back(tool: ModuleType, value: Any) -> None:
    read = tomllib.loads(f"value = {tool.toml(value)}")["value"]

    expected = list(value) if isinstance(value, tuple) else value
    assert read == (str(value) if isinstance(value, Path) else expected)
