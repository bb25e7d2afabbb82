"""The books of paid model calls: each is entered before it is sent, and settled once it ended.

Money is in whole millionths of a dollar, so that sums are exact. What is entered counts as spent
with the most it can cost until it is settled, so that no crash and no late answer passes a cap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

DOLLAR: Final = 1_000_000


class CallState(StrEnum):
    """OPEN: entered; sent, or about to be. ANSWERED: the vendor answered, and has its price. FREE:
    it ended without a bill. LOST: nobody knows how it ended; it counts with all that was reserved.
    """

    OPEN = "open"
    ANSWERED = "answered"
    FREE = "free"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model, as it is entered. reserved: the most that it can cost.

    id: the vendor's custom id, by which it is known everywhere. mutation: the request it is for.
    attempt: from 1, of the calls of one mutation. prompt: version of the prompt's texts. request:
    the body as JSON, without its common part, which is kept once under the hash `common`.
    """

    id: str
    mutation: str
    night: str
    swarm: str
    model: str
    prompt: str
    common: str
    request: str
    reserved: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call ended. answer: the vendor's message or error as JSON. tokens: by the vendor's
    names. spent: what it cost; of a lost one the store fills in what was reserved.
    """

    id: str
    state: CallState
    answer: str = ""
    tokens: Mapping[str, int] = field(default_factory=dict)
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A call as the books have it. at: when it was entered. handle: of its batch, '' before it is
    known. spent: 0 while it is open.
    """

    call: Call
    at: datetime
    handle: str = ""
    state: CallState = CallState.OPEN
    answer: str = ""
    tokens: Mapping[str, int] = field(default_factory=dict)
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so much may be spent on what was entered from an instant on."""

    since: datetime
    most: int
