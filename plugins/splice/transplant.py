"""Moves code of one genome into another: names are resolved, clashing parameters renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import libcst as cst

from plugins.splice.parsed import Parsed, key_read
from plugins.splice.rewrite import Change, rewritten
from plugins.splice.walking import parts, walk

LARGEST: Final = 160
DEEPEST: Final = 12
MODULES: Final = ("np", "ta")


@dataclass(frozen=True, slots=True)
class Graft:
    """An expression in the receiver's words, and the entries of PARAMS that it needs there."""

    text: str
    params: Mapping[str, str]


def transplant(donor: Parsed, node: cst.BaseExpression, receiver: Parsed) -> Graft | None:
    """An expression of the donor with its local names written out.

    None where it is too large, or rests on something that cannot be written out (a loop's
    variable, a name bound twice, a function or constant of the donor's own).
    """
    keys = _renamed_keys(donor, receiver.params_text())
    inlining = _Inlining(donor, receiver, keys)
    moved = inlining.moved(node, 0)
    if moved is None or len(walk(moved)) > LARGEST:
        return None
    read = {key for inner in walk(moved) if (key := key_read(inner))}
    params = {keys[k]: donor.text(v) for k, v in donor.params.items() if keys[k] in read}
    return Graft(donor.bracketed(moved), params)


def renamed_functions(
    genome: Parsed, entry: str, taken: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """All functions of a genome with its entry called `entry` and its own names set apart.

    taken: entries of PARAMS that are there already. Answers the functions' texts and the entries
    to add.
    """
    keys = _renamed_keys(genome, taken)
    names = {f.name.value: f"{entry}_{f.name.value}" for f in genome.functions}
    names[genome.kind] = entry
    change = _renamed(names, keys)
    texts = [genome.text(rewritten(f, change)).strip("\n") for f in genome.functions]
    return texts, {keys[key]: genome.text(node) for key, node in genome.params.items()}


def _renamed_keys(donor: Parsed, taken: Mapping[str, str]) -> dict[str, str]:
    """A name in the receiver for each of the donor's parameters: equal ones are shared."""
    keys: dict[str, str] = {}
    for key, node in donor.params.items():
        new, number = key, 2
        while taken.get(new, donor.text(node)) != donor.text(node) or new in keys.values():
            new, number = f"{key}_{number}", number + 1
        keys[key] = new
    return keys


class _Inlining:
    """Writes an expression out: recursion instead of a transformer, since names stand for trees."""

    def __init__(self, donor: Parsed, receiver: Parsed, keys: Mapping[str, str]) -> None:
        self._donor = donor
        self._receiver = receiver
        self._keys = keys

    def moved(self, node: cst.BaseExpression, depth: int) -> cst.BaseExpression | None:
        """The expression in the receiver's words, None where that cannot be."""
        swaps: dict[int, cst.BaseExpression] = {}
        for name in _free_names(node):
            if name.value in MODULES:
                continue
            new = self._resolved(name, depth)
            if new is None:
                return None
            swaps[id(name)] = new
        if isinstance(node, cst.Name):
            return swaps.get(id(node), node)
        return rewritten(node, _worded(swaps, self._keys))

    def _resolved(self, name: cst.Name, depth: int) -> cst.BaseExpression | None:
        if name.value == self._donor.market:
            return cst.Name(self._receiver.market)
        if name.value == self._donor.p:
            return cst.Name(self._receiver.p)
        value = self._donor.local.get(name.value)
        if value is None or depth > DEEPEST:
            return None
        inner = self.moved(value, depth + 1)
        if inner is None or isinstance(inner, cst.Name | cst.Attribute | cst.Call | cst.Subscript):
            return inner
        return inner.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _free_names(node: cst.CSTNode) -> list[cst.Name]:
    """Names that are read: neither attributes nor keywords."""
    if isinstance(node, cst.Name):
        return [node]
    skipped: tuple[cst.CSTNode | None, ...] = ()
    if isinstance(node, cst.Attribute):
        skipped = (node.attr,)
    if isinstance(node, cst.Arg):
        skipped = (node.keyword,)
    return [
        name
        for inner in parts(node)
        if not any(inner is one for one in skipped)
        for name in _free_names(inner)
    ]


def _worded(swaps: Mapping[int, cst.BaseExpression], keys: Mapping[str, str]) -> Change:
    """Puts resolved names in place, and the receiver's keys into readings of parameters."""

    def change(original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        return swaps.get(id(original)) or _rekeyed(original, updated, keys)

    return change


def _renamed(names: Mapping[str, str], keys: Mapping[str, str]) -> Change:
    """Gives functions and parameters new names, where they are defined and where they are used."""

    def change(original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        if isinstance(updated, cst.FunctionDef):
            new = cst.Name(names[updated.name.value])
            return updated.with_changes(name=new, leading_lines=())
        if isinstance(updated, cst.Call) and isinstance(updated.func, cst.Name):
            called = updated.func.value
            return updated.with_changes(func=cst.Name(names.get(called, called)))
        return _rekeyed(original, updated, keys)

    return change


def _rekeyed(original: cst.CSTNode, updated: cst.CSTNode, keys: Mapping[str, str]) -> cst.CSTNode:
    """A reading `p["old"]` as `p["new"]`; any other node as it is."""
    key = keys.get(key_read(original))
    if key is None:
        return updated
    index = cst.SubscriptElement(cst.Index(cst.SimpleString(f'"{key}"')))
    return updated.with_changes(slice=[index])
