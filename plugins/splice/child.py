"""The text of a child: a parent with one edit carried out.

1. `_changed` puts the new expressions in place, by identity of the old nodes, and the new answer.
2. `_pruned` drops local names that nothing reads any more.
3. A function without a change is written once for all children of its parent.
4. `_headed` writes the header anew, without parameters that nothing reads any more; WARMUP is left
   out where a look-back may have changed, so that the gate fills it in, unless it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from typing import Final

import libcst as cst

from daemon.domain.genome.manifest import MAX_WARMUP
from plugins.splice.edit import Edit
from plugins.splice.idea import continued
from plugins.splice.parsed import HEADER, Parsed, key_read
from plugins.splice.rewrite import swapped
from plugins.splice.vocabulary import LONGEST_WINDOW
from plugins.splice.walking import parts, walk

LINE: Final = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A function as a child has it: its text, and the keys of PARAMS that it reads."""

    text: str
    keys: frozenset[str]


def child(parent: Parsed, edit: Edit, warmup: int = 0) -> str:
    """Source of the child; it is not judged here.

    warmup: of the parents, where the gate cannot work out their memory; then the child has to say
    its own: theirs, and the longest window that an operator sets.
    """
    functions = _functions(parent, edit)
    text = "\n\n\n".join(function.text for function in functions)
    read = frozenset[str]().union(*(function.keys for function in functions))
    params = {**parent.params_text(), **edit.params}
    header = {name: parent.text(node) for name, node in parent.header.items()}
    header["PARAMS"] = _params({key: value for key, value in params.items() if key in read})
    header.update(edit.header)
    if not edit.same_memory:
        header["WARMUP"] = str(min(MAX_WARMUP, warmup + LONGEST_WINDOW)) if warmup else ""
    return _headed(continued(parent.idea, edit.clause), header) + "\n\n\n" + text + "\n"


def _functions(parent: Parsed, edit: Edit) -> Sequence[Written]:
    if edit.functions:
        module = cst.parse_module(edit.functions)
        return [_written(parent, n) for n in module.body if isinstance(n, cst.FunctionDef)]
    return [
        _unchanged(parent, old) if new is old else _written(parent, _pruned(new))
        for old, new in zip(parent.functions, _changed(parent, edit), strict=True)
    ]


def _changed(parent: Parsed, edit: Edit) -> Iterator[cst.FunctionDef]:
    """Each function with what the edit changes in it, itself where that is nothing."""
    owners = _owners(parent) if edit.swaps else {}
    swaps = {id(n): _expression(text, owners.get(id(n))) for n, text in edit.swaps}
    around = {id(above) for n, _ in edit.swaps for above in _above(n, owners)}
    for function in parent.functions:
        new = swapped(function, swaps, around)
        yield _answered(parent, edit, new) if function is parent.entry else new


@lru_cache(maxsize=64)
def _owners(parent: Parsed) -> Mapping[int, cst.CSTNode]:
    """The node right around each node of the functions, by identity."""
    return {id(p): node for f in parent.functions for node in walk(f) for p in parts(node)}


def _above(node: cst.CSTNode, owners: Mapping[int, cst.CSTNode]) -> Iterator[cst.CSTNode]:
    while owner := owners.get(id(node)):
        yield owner
        node = owner


@lru_cache(maxsize=256)
def _unchanged(parent: Parsed, function: cst.FunctionDef) -> Written:
    return _written(parent, _pruned(function))


def _written(parent: Parsed, function: cst.FunctionDef) -> Written:
    keys = frozenset(key for node in walk(function) if (key := key_read(node)))
    return Written(parent.text(function).strip("\n"), keys)


def _expression(text: str, owner: cst.CSTNode | None) -> cst.BaseExpression:
    """Brackets are kept where they hold several lines together or separate from neighbours."""
    if "\n" in text:
        return cst.parse_expression(text if text[0] in "([" else f"({text})")
    node = cst.parse_expression(text)
    alone = isinstance(owner, cst.Arg | cst.Assign | cst.Return | cst.Index)
    return node.with_changes(lpar=[], rpar=[]) if alone else node


def _answered(parent: Parsed, edit: Edit, entry: cst.FunctionDef) -> cst.FunctionDef:
    """The entry with another answer; the old one gets a name, so that lines stay short."""
    answer = parent.answer
    if not edit.answer or answer is None:
        return entry
    name, text = parent.text(answer), ""
    if "{answer}" in edit.answer and not isinstance(answer, cst.Name):
        name = _fresh("position", parent.entry)
        text = f"{name} = {parent.text(answer)}\n"
    wanted, expression = edit.local
    local = _fresh(wanted, parent.entry) if wanted else ""
    text += f"{local} = {expression}\n" if wanted else ""
    text += f"return {edit.answer.format(answer=name, local=local)}\n"
    lines = [
        new
        for line in entry.body.body
        for new in (cst.parse_module(text).body if _returns(line) else [line])
    ]
    return entry.with_changes(body=entry.body.with_changes(body=lines))


def _returns(line: cst.CSTNode) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[-1], cst.Return)


def _fresh(name: str, function: cst.FunctionDef) -> str:
    taken = {node.value for node in walk(function) if isinstance(node, cst.Name)}
    numbered = (f"{name}_{number}" for number in count(2))
    return next(n for n in chain([name], numbered) if n not in taken)


def _pruned(function: cst.FunctionDef) -> cst.FunctionDef:
    """Without assignments to plain names that are never read; repeated until none is left."""
    while dead := _dead(function):
        kept = [line for line in function.body.body if id(line) not in dead]
        function = function.with_changes(body=function.body.with_changes(body=kept))
    return function


def _dead(function: cst.FunctionDef) -> set[int]:
    names = [n.value for n in walk(function) if isinstance(n, cst.Name)]
    return {
        id(line)
        for line in function.body.body
        if isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and isinstance(small := line.body[0], cst.Assign)
        and len(small.targets) == 1
        and isinstance(target := small.targets[0].target, cst.Name)
        and names.count(target.value) == 1
    }


def _params(entries: Mapping[str, str]) -> str:
    short = "{" + ", ".join(f'"{key}": {value}' for key, value in entries.items()) + "}"
    if len(short) <= LINE - len("PARAMS = "):
        return short
    return "{\n" + "".join(f'    "{key}": {value},\n' for key, value in entries.items()) + "}"


def _headed(idea: str, header: Mapping[str, str]) -> str:
    names = [n for n in HEADER if n in header] + [n for n in header if n not in HEADER]
    lines = [f"{name} = {header[name]}" for name in names if header[name] not in ("", "{}")]
    return "\n\n".join([f'"""{idea}"""', "\n".join(lines)]).rstrip("\n")
