"""The guards of a run: those of the child (`mutants`), and those of the daemon, which take it in.

Each says in which setting it is looked at: with the gate off (closed), with the namespace open too
(bare), or without the filter of system calls as well (open), where Landlock and limits stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from daemon.errors import Reason
from daemon.sandbox import answers, security, wire
from daemon.sandbox.changes import read_changes
from daemon.sandbox.memory import Output
from daemon.sandbox.wire import Record, Verdict
from tests.hostile import mutants
from tests.hostile.gate_removals import Removal

_BELIEVED: Final = "believed"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard of a run. remove: for what the daemon does; a child's own is removed by name."""

    setting: str
    remove: Removal | None = None


def _any_mark(patch: pytest.MonkeyPatch) -> None:
    def read(table: bytes, slot: int) -> Record | None:
        marked = bytearray(table)
        size = wire.table_size(1)
        marked[slot * size : slot * size + 4] = wire._RECORD_MAGIC
        return wire.read_record(bytes(marked), slot)

    patch.setattr(answers, "read_record", read)


def _any_verdict(patch: pytest.MonkeyPatch) -> None:
    def read(table: bytes, slot: int) -> Record | None:
        known = bytearray(table)
        at = slot * wire.table_size(1) + 4
        if known[at] > max(Verdict):
            known[at : at + 4] = int(Verdict.DONE).to_bytes(4, "little")
        return wire.read_record(bytes(known), slot)

    patch.setattr(answers, "read_record", read)


def _any_counts(patch: pytest.MonkeyPatch) -> None:
    def believing(*given: Any) -> Any:
        return read_changes(*given) or _BELIEVED

    patch.setattr(answers, "read_changes", believing)
    taken = answers.changes_taken_in
    made = answers.Changes
    patch.setattr(answers, "Changes", lambda *found: made(*found) if len(found) == 3 else _BELIEVED)
    patch.setattr(
        answers,
        "changes_taken_in",
        lambda found, *rest: found if found == _BELIEVED else taken(found, *rest),
    )


def _any_positions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers, "taken_in", lambda columns, kind: columns)
    patch.setattr(answers, "changes_taken_in", lambda changes, shape, kind: changes.values)


def _attackers_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers, "SECURITY", "")


def _never_wiped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Output, "wipe", lambda output, size: None)


def _any_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(security, "shown_name", lambda name: name)


def _any_code(patch: pytest.MonkeyPatch) -> None:
    def believed(record: Record) -> Reason:
        return Reason(record.name, record.line, "")

    told = answers.reason_of_record
    patch.setattr(
        answers,
        "reason_of_record",
        lambda record: believed(record) if record.verdict == Verdict.REFUSED else told(record),
    )


RUNS: Final[dict[str, Guard]] = {
    "closed builtins": Guard("closed"),
    "proxy of numpy": Guard("closed"),
    "np.empty of ours": Guard("closed"),
    "np.array of ours": Guard("closed"),
    "bars are read-only": Guard("closed"),
    "indicators are read-only": Guard("closed"),
    "answers are arrays of numbers": Guard("bare"),
    "market is mapped read-only": Guard("bare"),
    "address space": Guard("bare"),
    "list of system calls": Guard("bare"),
    "no executable memory": Guard("bare"),
    "no waiting": Guard("bare"),
    "mark of a record": Guard("bare", _any_mark),
    "verdicts that exist": Guard("bare", _any_verdict),
    "counts of changes": Guard("bare", _any_counts),
    "positions in order and range": Guard("bare", _any_positions),
    "an attacker's answer is dropped": Guard("bare", _attackers_believed),
    "output is wiped": Guard("bare", _never_wiped),
    "names of errors from a list": Guard("bare", _any_name),
    "codes of refusals from a list": Guard("bare", _any_code),
    "Landlock": Guard("open"),
    "no descriptors": Guard("open"),
    "no processes": Guard("open"),
    "descriptors are closed": Guard("open"),
}
assert {name for name, guard in RUNS.items() if guard.remove is None} <= set(mutants.CHILD)
TIME: Final = ("deadline", "processor time")
"""Guards of time: without the one the other is left."""
