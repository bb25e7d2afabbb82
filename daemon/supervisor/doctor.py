"""The examination behind `doctor`: one finding for each thing the daemon rests on."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from daemon.config import Loaded
from daemon.domain.market.kinds import BAR_KINDS
from daemon.errors import LockedError, MissingError, NightShiftError
from daemon.plugin.roles import Check
from daemon.sandbox.layers import Level
from daemon.sandbox.proving import Proof
from daemon.store.store import SqlStore
from daemon.supervisor.bootstrap import register_plugins, sandbox_of, workbench
from daemon.supervisor.clock import SystemClock
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.installation import DISTRIBUTION, altered, imported, misplaced, strangers
from daemon.supervisor.lock import state_lock
from daemon.supervisor.places import database_path, open_lake, open_store
from daemon.supervisor.pulse import read_pulse
from daemon.supervisor.secrets import secrets_for

Status = Literal["ok", "warn", "fail"]
LOW_DISK_BYTES = 2_000_000_000
NEWEST_TRIALS = 1000
PACKAGES = ("numpy", "numba", "ta-lib", "pyarrow", "duckdb", "sqlmodel", "libcst", "pluggy")
LEVEL_WORDS = {
    Level.A: "every layer is on and was tested",
    Level.B: "Seatbelt is on and was tested, memory is watched",
    Level.C: "gate and limits alone, for the system has or proved no more",
}
PROBE_GENOME = '"""Always long."""\n\n\ndef signal(bars, p):\n    return bars.close * 0.0 + 1.0\n'


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination."""

    name: str
    status: Status
    detail: str


def examine(loaded: Loaded) -> tuple[list[Finding], str]:
    """Every finding, and the level of confinement that the sandbox proved."""
    level, sandbox = _sandbox(loaded)
    checks: tuple[Callable[[Loaded], Finding], ...] = (
        _python,
        _packages,
        _import_names,
        _disk,
        _clock,
        _plugins,
        _credentials,
        _lake,
        _database,
        _lock,
    )
    return [*(_guarded(check, loaded) for check in checks), *sandbox, *_of_plugins(loaded)], level


def _guarded(check: Callable[[Loaded], Finding], loaded: Loaded) -> Finding:
    try:
        return check(loaded)
    except NightShiftError as error:
        return Finding(check.__name__.removeprefix("_"), "fail", str(error))


def _python(loaded: Loaded) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok", f"{version} at {sys.executable}")


def _packages(loaded: Loaded) -> Finding:
    try:
        found = [f"{name} {distribution(name).version}" for name in PACKAGES]
    except PackageNotFoundError as error:
        return Finding("packages", "fail", f"{error.name} is not installed; run `make setup`")
    return Finding("packages", "ok", ", ".join(found))


def _import_names(loaded: Loaded) -> Finding:
    """Another distribution that ships `daemon` or `plugins` would hide or overwrite ours."""
    try:
        ours = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        detail = f"{DISTRIBUTION} runs without being installed; run `make setup`"
        return Finding("import names", "warn", detail)
    others = ", ".join(strangers(distributions()))
    faults = [f"{others} also provides `daemon` or `plugins`; uninstall it"] if others else []
    faults += misplaced(ours, imported())
    if changed := altered(ours):
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        faults.append(f"{changed[0]}{more}: not what was installed")
    if faults:
        return Finding("import names", "fail", f"{'; '.join(faults)}; then run `make setup`")
    return Finding("import names", "ok", "`daemon` and `plugins` are ours")


def _disk(loaded: Loaded) -> Finding:
    """That of the state folder; and that of the lake, with what the lake may take of it."""
    folder = next(p for p in (loaded.state, *loaded.state.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    warning = open_lake(loaded).room.taken().warning
    text = f"{free / 1e9:.1f} GB free at {folder}"
    well = free > LOW_DISK_BYTES and not warning
    return Finding("disk", "ok" if well else "warn", f"{text}. {warning}".rstrip(". "))


def _clock(loaded: Loaded) -> Finding:
    """A clock that was set back would date trials before their data."""
    now, pulse = SystemClock().now(), read_pulse(loaded.state)
    zone = loaded.settings.daemon.timezone
    if pulse is not None and pulse.at > now:
        return Finding(
            "clock", "fail", f"it says {now:%Y-%m-%d %H:%M} UTC, the last heartbeat {pulse.at}"
        )
    return Finding("clock", "ok", f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} in {zone}")


def _credentials(loaded: Loaded) -> Finding:
    """Which of the secrets that plugins name are there; never their values."""
    plugins = checked_plugins(loaded)
    names = [n for info in plugins.infos() for n in plugins.secret_names(info.name)]
    found = secrets_for(names, loaded.folder)
    listed = ", ".join(f"{n} {'present' if n in found else 'absent'}" for n in dict.fromkeys(names))
    return Finding("credentials", "ok", listed or "no plugin asks for one")


def _plugins(loaded: Loaded) -> Finding:
    names = [info.name for info in checked_plugins(loaded).infos()]
    return Finding("plugins", "ok", ", ".join(names))


def _lake(loaded: Loaded) -> Finding:
    lake = open_lake(loaded)
    if unreadable := lake.unreadable():
        return Finding("lake", "warn", "; ".join(unreadable[:3]))
    datasets = lake.inventory()
    if not datasets:
        return Finding("lake", "warn", f"empty at {loaded.lake}; a night or `lake ingest` fills it")
    held = f"{len(datasets)} datasets"
    newest = max((item.end for item in datasets if item.kind in BAR_KINDS), default=None)
    if newest is None:
        return Finding("lake", "warn", f"no bars among its {held}; bring them with `lake ingest`")
    return Finding("lake", "ok", f"{held}, newest bar {newest}")


def _database(loaded: Loaded) -> Finding:
    """That of real nights and that of rehearsals; `verify` looks at the whole of them."""
    paths = {database_path(loaded, rehearsal): rehearsal for rehearsal in (False, True)}
    held = {path.name: rehearsal for path, rehearsal in paths.items() if path.exists()}
    if not held:
        return Finding("database", "warn", "not there yet; the first night makes it")
    problems = [
        f"{name}: {fault}"
        for name, rehearsal in held.items()
        for fault in _faults(loaded, rehearsal)
    ]
    whole = f"{' and '.join(held)} whole"
    return Finding("database", "fail" if problems else "ok", "; ".join(problems) or whole)


def _faults(loaded: Loaded, rehearsal: bool) -> list[str]:
    try:
        with open_store(loaded, rehearsal, daemon=False) as store:
            return list(store.verify(newest=NEWEST_TRIALS))
    except NightShiftError as error:
        return [str(error)]


def _lock(loaded: Loaded) -> Finding:
    try:
        with state_lock(loaded.state):
            return Finding("lock", "ok", "free")
    except LockedError:
        return Finding("lock", "ok", "held by a running instance")


def _sandbox(loaded: Loaded) -> tuple[str, list[Finding]]:
    """The level that was proved, whether it is enough to run a genome, and what it rests on."""

    async def prove() -> tuple[str, tuple[str, ...], tuple[Proof, ...]]:
        async with sandbox_of(loaded) as sandbox:
            try:
                probe = await sandbox.probe(PROBE_GENOME)
            except MissingError as error:
                return sandbox.level, (str(error),), sandbox.proofs
            faults = tuple(f"a plain genome failed: {r.message}" for r in probe.reasons)
            return sandbox.level, faults, sandbox.proofs

    try:
        level, faults, proofs = asyncio.run(prove())
    except NightShiftError as error:
        return "none", [Finding("sandbox", "fail", str(error))]
    told = [_of_proof(proof) for proof in proofs]
    if faults:
        return level, [Finding("sandbox", "fail", "; ".join(faults)), *told]
    detail = f"level {level}: {LEVEL_WORDS[Level(level)]}; a genome ran in a child"
    return level, [Finding("sandbox", "warn" if level == Level.C else "ok", detail), *told]


def _of_proof(proof: Proof) -> Finding:
    """One attempt to break out; what a weaker level does not stop is a warning."""
    alone = f" ({proof.layer} alone)" if proof.layer else ""
    status: Status = "ok" if proof.held else "warn"
    return Finding(f"sandbox: {proof.name}{alone}", status, proof.how)


def _of_plugins(loaded: Loaded) -> list[Finding]:
    """The health checks that plugins register; nothing is started where none does."""

    async def registered() -> list[Finding]:
        async with workbench(loaded) as bench:
            with some_store(loaded) as store:
                registry = register_plugins(plugins, bench, store)
                owners = {name: registry.owners["checks", name] for name in registry.checks}
                faults = [Finding("plugin faults", "fail", str(f)) for f in registry.faults]
                return faults + [_run(owners[n], c) for n, c in registry.checks.items()]

    try:
        plugins = checked_plugins(loaded)
        if not any("register_checks" in info.hooks for info in plugins.infos()):
            return []
        return asyncio.run(registered())
    except NightShiftError as error:
        return [Finding("plugin checks", "fail", str(error))]


@contextmanager
def some_store(loaded: Loaded) -> Iterator[SqlStore]:
    """The database, or an empty one that is thrown away: it creates none, and mends none."""
    with ExitStack() as stack:
        opened: SqlStore | None = None
        if database_path(loaded).exists():
            with suppress(NightShiftError):
                opened = stack.enter_context(open_store(loaded, daemon=False))
        if opened is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            opened = SqlStore.open(folder / "empty.db", daemon=False)
            stack.callback(opened.close)
        yield opened


def _run(plugin: str, check: Check) -> Finding:
    name = f"{plugin} {check.name}"
    try:
        status, detail = check.run()
    except Exception as error:  # the border to a stranger's code
        return Finding(name, "fail", f'a check of the plugin "{plugin}" failed: {error!r}')
    if status in get_args(Status):
        return Finding(name, cast(Status, status), str(detail))
    return Finding(
        name, "fail", f'plugin "{plugin}" answered {status!r}; expected ok, warn or fail'
    )
