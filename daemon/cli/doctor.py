"""`doctor`, `plugins` and `verify`: is everything in order?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, load
from daemon.config import Loaded

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Examine Python, packages, disk, clock, credentials, lake, sandbox, lock and database.

    Example: nightshift doctor --json
    """
    from daemon.cli.output import out, print_json
    from daemon.supervisor.doctor import examine

    findings, level = examine(load(config, state))
    ok = all(finding.status != "fail" for finding in findings)
    if as_json:
        print_json({"ok": ok, "sandbox_level": level, "checks": findings})
    for finding in [] if as_json else findings:
        out.print(
            f"{MARKS[finding.status]}  {finding.name}: {finding.detail}",
            markup=False,
            soft_wrap=True,
        )
    if not ok:
        raise typer.Exit(1)


def plugins(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """List the loaded plugins, where they come from, and their hooks.

    Example: nightshift plugins --json
    """
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.configured import checked_plugins

    rows = [
        {"name": info.name, "module": info.module, "hooks": info.hooks, "status": "loaded"}
        for info in checked_plugins(load(config, state)).infos()
    ]
    if as_json:
        print_json(rows)
    else:
        table = [(r["name"], r["module"], ", ".join(r["hooks"]), r["status"]) for r in rows]
        print_table("", ("name", "module", "hooks", "status"), table)


def verify(
    dossier: Annotated[
        Path | None, typer.Argument(help="A dossier's JSON: recompute every figure of it instead.")
    ] = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Check the databases and the lake for damage, and every trial against the ledger's chain.

    Example: nightshift verify

    With a dossier: run its strategy again and hold every figure against what comes out.
    """
    from daemon.cli.output import out, print_json

    loaded = load(config, state)
    problems = _of_the_state(loaded) if dossier is None else _of_a_dossier(loaded, dossier)
    if as_json:
        print_json({"ok": not problems, "problems": problems})
    whole = "Everything is whole." if dossier is None else "Every figure comes out again."
    for problem in [] if as_json else problems or [whole]:
        out.print(problem, markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)


def _of_a_dossier(loaded: Loaded, path: Path) -> list[str]:
    import asyncio

    from daemon.supervisor.proving.desk import recomputed

    return list(asyncio.run(recomputed(loaded, path)))


def _of_the_state(loaded: Loaded) -> list[str]:
    from daemon.store.migrate import lost
    from daemon.supervisor.places import database_path, open_lake, open_store

    problems = [f"{p.kind} {p.symbol} {p.file}: {p.message}" for p in open_lake(loaded).verify()]
    for rehearsal in (False, True):
        path = database_path(loaded, rehearsal)
        if path.exists():
            with open_store(loaded, rehearsal, daemon=False) as store:
                problems += [f"{path.name}: {problem}" for problem in store.verify()]
        elif said := lost(path):
            problems.append(f"{path.name}: {said}")
    return problems
