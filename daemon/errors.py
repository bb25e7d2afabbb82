"""The errors of Night Shift, split by what the program does next.

    NightShiftError
    ├── UsageError            stop; the owner mends the command or the configuration     exit 2
    │   └── ConfigError       ... of daemon.toml, with the key and a suggestion
    ├── MissingError          stop; data, a credential, a service or room is missing      exit 3
    │   ├── NoRoomError       ... on the disk or in the lake's budget; free some, and go on
    │   └── NoBarsError       ... of one request, of a lake that holds others
    ├── AccessError           stop; a service refuses the key, for whatever is asked      exit 3
    ├── LockedError           stop; another instance holds the state                      exit 4
    ├── SecurityError         stop; genomes got past the gate, look at them                exit 1
    ├── EngineLeakError       stop; the engine shows skill where there is none             exit 1
    ├── BadDataError          quarantine the file or row, go on with the rest             exit 1
    ├── GenomeRefused         keep the genome as a lesson, go on with the next            exit 1
    ├── FencedError           drop the result: someone else finished the job
    ├── TransientError        try again later, with back-off
    └── PluginError           count a fault of the plugin, go on with the others          exit 1

A message is one sentence without a full stop: what, where, expected, found, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final


class NightShiftError(Exception):
    """Something that was foreseen; its text is one sentence for the owner."""

    exit_code = 1


class UsageError(NightShiftError):
    """The command line or the configuration asks for something that cannot be."""

    exit_code = 2


class ConfigError(UsageError):
    """A key of daemon.toml is unknown or has a value outside its range."""

    def __init__(self, key: str, message: str, suggestion: str = "", place: str = "") -> None:
        """place: the file, or whatever else the value came from; "" where that is not known."""
        where = f"{place}: " if place else ""
        super().__init__(f"{where}{key}: {message}" + (f"; {suggestion}" if suggestion else ""))
        self.key = key
        self.message = message
        self.suggestion = suggestion
        self.place = place


class MissingError(NightShiftError):
    """Data, a credential, a service or disk space is not there."""

    exit_code = 3


class NoRoomError(MissingError):
    """The disk is full, or the budget of the lake is used up."""


class NoBarsError(MissingError):
    """A lake that holds data has no bars for this request; another request may have some."""


class AccessError(NightShiftError):
    """A service refuses the key that it was given; asking it for anything else is no use."""

    exit_code = 3


class LockedError(NightShiftError):
    """Another instance holds the state folder."""

    exit_code = 4


class BadDataError(NightShiftError):
    """A file or rows from outside are broken; `sentences` has one for each thing refused.

    symbols: of which symbol each of them is, where that is known of all: the others are good.
    """

    def __init__(self, *sentences: str, symbols: Sequence[str] = ()) -> None:
        self.sentences = sentences
        self.symbols = tuple(symbols)
        super().__init__("; ".join(sentences))


SECURITY: Final = "security"
"""Code of the one reason that is no verdict on an idea: the genome attacked the sandbox."""


class EngineLeakError(NightShiftError):
    """A strategy has an impossible result on a world without an edge: no result can be believed."""


class SecurityError(NightShiftError):
    """Genomes that passed the gate attacked the sandbox; nothing more is run until the owner looks.

    One such genome is quarantined and the night goes on; see `daemon.plugin.security`.
    """


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a genome was refused: a stable code, the line (0: the whole file) and one sentence.

    end: what ended its process early: the name of a signal, deadline, processor time or memory.
    """

    code: str
    line: int
    message: str
    end: str = ""


class GenomeRefused(NightShiftError):
    """A genome that is not accepted, with every reason found."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(
            "; ".join(f"line {r.line}: {r.message}" if r.line else r.message for r in self.reasons)
        )


class FencedError(NightShiftError):
    """The lease of a job went to another attempt; this result is dropped."""


class TransientError(NightShiftError):
    """A failure that another try may cure."""


class PluginError(NightShiftError):
    """A plugin broke its promise; the text names it."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'did you mean "x"?' for the closest of the known names, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""
