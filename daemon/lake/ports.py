"""What the lake needs of a source: the shapes of `daemon.plugin.roles` as protocols.

The lake and the plugin API do not know each other; a `Source` with its `Request`, `Part`,
`Batch` and `ActionRow` fits here by its attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from daemon.domain.market.kinds import Columns, Rank


class Request(Protocol):
    """Which rows are wanted; empty symbols: all; dates inclusive. A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def kind(self) -> str: ...
    @property
    def symbols(self) -> tuple[str, ...]: ...
    @property
    def start(self) -> date | None: ...
    @property
    def end(self) -> date | None: ...


class SourcePart(Protocol):
    """One unit of an ingestion: its name, its day, and what changes when its content does; asked:
    another answer may hold what this one lacked although the stamp is the same."""

    @property
    def key(self) -> str: ...
    @property
    def day(self) -> date | None: ...
    @property
    def stamp(self) -> str: ...
    @property
    def asked(self) -> bool: ...


class Batch(Protocol):
    """Rows of one symbol: columns of equal length by the names of the kind's, sorted by its key."""

    @property
    def symbol(self) -> str: ...
    @property
    def columns(self) -> Columns: ...
    @property
    def origin(self) -> str: ...
    @property
    def rank(self) -> Rank: ...


class ActionEvent(Protocol):
    """A split or a cash dividend on its ex-date."""

    @property
    def symbol(self) -> str: ...
    @property
    def ex_date(self) -> date: ...
    @property
    def cash(self) -> float: ...
    @property
    def new(self) -> float: ...
    @property
    def old(self) -> float: ...


class ListingDates(Protocol):
    """When a symbol was listed, and its last day; None where that is not known."""

    @property
    def symbol(self) -> str: ...
    @property
    def listed(self) -> date | None: ...
    @property
    def delisted(self) -> date | None: ...


@runtime_checkable
class Listing(Protocol):
    """What a source of listing dates has to do besides."""

    def listings(self, request: Any) -> Iterable[ListingDates]: ...


R_contra = TypeVar("R_contra", bound=Request, contravariant=True)
P = TypeVar("P", bound=SourcePart)


class SourceOf(Protocol[R_contra, P]):
    """A source. `rows` may be asked for several parts at once, from threads.

    `rows` yields what is good and raises BadDataError at its end with a sentence for each symbol
    it left out, or at once, before any rows, for a file that is broken as a whole. `actions` and
    `listings` likewise, with the symbols in the error; one without symbols refuses all of them.
    """

    @property
    def name(self) -> str: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    def parts(self, request: R_contra) -> Sequence[P]: ...
    def rows(self, part: P, request: R_contra) -> Iterator[Batch]: ...
    def actions(self, request: R_contra) -> Iterable[ActionEvent]: ...


Fetched = Callable[[int, int], None]
"""Called with the bytes fetched so far and the bytes of all parts, from any thread."""


@runtime_checkable
class Fetching(Protocol):
    """What a source may do besides: bring parts nearer, several at once, while others are read.

    The parts are then read in the order in which they are given here.
    """

    def fetching(
        self, parts: Sequence[Any], request: Any, told: Fetched
    ) -> AbstractContextManager[None]: ...
