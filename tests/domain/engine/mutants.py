"""The domain loaded anew from changed source, uncompiled: engines with a known fault.

Inside `mutated` every import of `daemon.domain` gives modules whose text was changed; the modules
of before come back at its end. The kernel runs as plain Python there: to compile it anew for each
fault would take minutes.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

REPOSITORY = Path(__file__).resolve().parents[3]
DOMAIN = "daemon.domain"
Change = tuple[str, str, str]
"""Module below daemon.domain, text that stands there once, text in its place."""

PLAIN = '''"""Stands in for `daemon.domain.compiled`: nothing is compiled."""
from types import SimpleNamespace

import numpy as np


class Records:
    """A structured array whose records are plain objects, which are much faster one by one."""

    def __init__(self, array):
        self.array, self.shape, self.made = array, array.shape, {}

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        if len(self.shape) == 2 and not isinstance(key, tuple):
            return Row(self, key)
        if key not in self.made:
            record = dict(zip(self.array.dtype.names, self.array[key].item(), strict=True))
            self.made[key] = SimpleNamespace(**record)
        return self.made[key]

    def write_back(self):
        for key, record in self.made.items():
            self.array[key] = tuple(vars(record)[name] for name in self.array.dtype.names)


class Row:
    def __init__(self, records, number):
        self.records, self.number = records, number

    def __len__(self):
        return self.records.shape[1]

    def __getitem__(self, place):
        return self.records[self.number, place]


def entry(function):
    def call(*arguments):
        made = []

        def plain(value):
            if isinstance(value, np.ndarray) and value.dtype.names:
                made.append(Records(value))
                return made[-1]
            if isinstance(value, tuple) and hasattr(value, "_fields"):
                return type(value)(*map(plain, value))
            return value

        with np.errstate(all="ignore"):
            answer = function(*map(plain, arguments))
        for records in made:
            records.write_back()
        return answer

    return call


def shared(function):
    return function


def prefetch(array, row, column):
    pass


inlined = either = shared
constant = np.int64
'''


@contextmanager
def mutated(changes: Sequence[Change]) -> Iterator[None]:
    """Imports of the domain give it with these changes; AssertionError if a text is not there."""
    importlib.import_module(DOMAIN)
    saved = _taken_out()
    finder = _Finder({f"{DOMAIN}.{module}": [] for module, _, _ in changes})
    for module, old, new in changes:
        finder.changes[f"{DOMAIN}.{module}"].append((old, new))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _taken_out()
        sys.modules.update(saved)
        sys.modules["daemon"].domain = saved[DOMAIN]
    unused = set(finder.changes) - finder.served
    assert not unused, f"{unused} were never imported"


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == DOMAIN or name.startswith(f"{DOMAIN}.")]
    return {name: sys.modules.pop(name) for name in names}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the domain and loads their changed text."""

    def __init__(self, changes: dict[str, list[tuple[str, str]]]) -> None:
        self.changes: Mapping[str, list[tuple[str, str]]] = changes
        self.served: set[str] = set()

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != DOMAIN and not name.startswith(f"{DOMAIN}."):
            return None
        place = REPOSITORY.joinpath(*name.split("."))
        package = place.is_dir()
        file = place / "__init__.py" if package else place.with_suffix(".py")
        found = importlib.util.spec_from_file_location(
            name, file, loader=self, submodule_search_locations=[str(place)] if package else None
        )
        return found if file.exists() else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name, path = module.__name__, str(module.__file__)
        self.served.add(name)
        exec(_code(name, path, tuple(self.changes.get(name, ()))), module.__dict__)


@cache
def _code(name: str, path: str, changes: tuple[tuple[str, str], ...]) -> CodeType:
    text = PLAIN if name == f"{DOMAIN}.compiled" else Path(path).read_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{name}: {text.count(old)} times {old!r}"
        text = text.replace(old, new)
    return compile(text, path, "exec", dont_inherit=True)
