"""`init` and `config check | show`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, writing
from daemon.errors import ConfigError, UsageError

config_app = typer.Typer(help="Check or show the configuration.", no_args_is_help=True)
PACKAGE = Path(__file__).resolve().parent.parent


def init(folder: Annotated[Path, typer.Argument(help="Where to put it.")] = Path()) -> None:
    """Write a commented daemon.toml, genomes/ and state/.

    Example: nightshift init ~/nightshift
    """
    from daemon.cli.output import out

    target = folder / "daemon.toml"
    if target.exists():
        raise UsageError(f"{target} exists already; expected a folder without one")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped("daemon.toml"), target)
        shutil.copytree(
            shipped("genomes"),
            folder / "genomes",
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (folder / "genomes" / "elite").mkdir(exist_ok=True)
        (folder / "state").mkdir(exist_ok=True)
    out.print(
        f"Wrote {target}, genomes/ and state/. Next: nightshift night --config {target}",
        markup=False,
        soft_wrap=True,
    )


def shipped(name: str) -> Path:
    """A file that comes with the package, or lies at the top of a checkout."""
    packed = PACKAGE / "data" / name
    return packed if packed.exists() else PACKAGE.parent / name


@config_app.command("check")
def check(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Validate the configuration without starting anything.

    Example: nightshift config check --json
    """
    from daemon.cli.output import out, print_json

    errors = found_errors(config, state)
    rows = [
        {"key": e.key, "message": e.message, "suggestion": e.suggestion, "place": e.place}
        if isinstance(e, ConfigError)
        else {"key": "", "message": str(e), "suggestion": "", "place": ""}
        for e in errors
    ]
    if as_json:
        print_json({"ok": not rows, "errors": rows})
    elif not rows:
        out.print("The configuration is good.")
    for error in [] if as_json else errors:
        out.print(str(error), markup=False, soft_wrap=True)
    if rows:
        raise typer.Exit(2)


def found_errors(config: Path | None, state: Path | None) -> list[UsageError]:
    """Everything wrong with the configuration, the tables of plugins included."""
    from daemon.config import find_config, read_config
    from daemon.plugin.manager import load_plugins
    from daemon.supervisor.configured import errors_across

    try:
        loaded, errors = read_config(find_config(config), state)
        table = loaded.settings.plugins
        return [*errors, *errors_across(loaded, load_plugins(table.load, table.block))]
    except UsageError as error:
        return [error]


@config_app.command("show")
def show(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Show the effective values and where each comes from.

    Example: nightshift config show
    """
    from daemon.cli.options import load
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.configured import checked_plugins
    from daemon.supervisor.profiles import effective_frictions

    loaded = load(config, state)
    document = loaded.settings.model_dump(mode="json")
    document["friction"] = effective_frictions(loaded.settings)
    document |= checked_plugins(loaded).effective_tables(loaded.tables)
    rows = [(key, value, loaded.origins.get(key, "default")) for key, value in _flat(document)]
    if as_json:
        print_json([{"key": k, "value": v, "origin": o} for k, v, o in rows])
    else:
        print_table(str(loaded.path or "no file: defaults"), ("key", "value", "origin"), rows)


def _flat(document: dict[str, object], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            rows += _flat(value, path + ".")
        else:
            rows.append((path, value if isinstance(value, (int, float)) else str(value)))
    return rows
