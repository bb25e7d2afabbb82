"""The text of a child: a parent with one edit carried out.

1. `_swapped` puts the new expressions in place, by identity of the old nodes, in one pass.
2. `_pruned` drops local names and parameters that nothing reads any more.
3. `_headed` writes the header anew; WARMUP is left out where a look-back may have changed, so that
   the gate fills it in, unless it cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Final

import libcst as cst

from daemon.domain.genome.manifest import MAX_WARMUP
from plugins.splice.edit import Edit
from plugins.splice.idea import continued
from plugins.splice.parsed import HEADER, Parsed, key_read
from plugins.splice.rewrite import rewritten, swapped
from plugins.splice.vocabulary import LONGEST_WINDOW
from plugins.splice.walking import walk

LINE: Final = 100


def child(parent: Parsed, edit: Edit, warmup: int = 0) -> str:
    """Source of the child; it is not judged here.

    warmup: of the parents, where the gate cannot work out their memory; then the child has to say
    its own: theirs, and the longest window that an operator sets.
    """
    functions = _functions(parent, edit)
    text = "\n\n\n".join(parent.text(f).strip("\n") for f in functions)
    read = {key for f in functions for node in walk(f) if (key := key_read(node))}
    params = {**parent.params_text(), **edit.params}
    header = {name: parent.text(node) for name, node in parent.header.items()}
    header["PARAMS"] = _params({key: value for key, value in params.items() if key in read})
    header.update(edit.header)
    if not edit.same_memory:
        header["WARMUP"] = str(min(MAX_WARMUP, warmup + LONGEST_WINDOW)) if warmup else ""
    return _headed(continued(parent.idea, edit.clause), header) + "\n\n\n" + text + "\n"


def _functions(parent: Parsed, edit: Edit) -> Sequence[cst.FunctionDef]:
    if edit.functions:
        module = cst.parse_module(edit.functions)
        return [n for n in module.body if isinstance(n, cst.FunctionDef)]
    owners = {id(place.node): place.owner for place in parent.places}
    swaps = swapped({id(n): _expression(text, owners.get(id(n))) for n, text in edit.swaps})
    functions = (_answered(parent, edit) if f is parent.entry else f for f in parent.functions)
    return [_pruned(rewritten(f, swaps)) for f in functions]


def _expression(text: str, owner: cst.CSTNode | None) -> cst.BaseExpression:
    """Brackets are kept where they hold several lines together or separate from neighbours."""
    if "\n" in text:
        return cst.parse_expression(text if text[0] in "([" else f"({text})")
    node = cst.parse_expression(text)
    alone = isinstance(owner, cst.Arg | cst.Assign | cst.Return | cst.Index)
    return node.with_changes(lpar=[], rpar=[]) if alone else node


def _answered(parent: Parsed, edit: Edit) -> cst.FunctionDef:
    """The entry with another answer; the old one gets a name, so that lines stay short."""
    entry, answer = parent.entry, parent.answer
    if not edit.answer or answer is None:
        return entry
    name, text = parent.text(answer), ""
    if "{answer}" in edit.answer and not isinstance(answer, cst.Name):
        name = _fresh("position", entry)
        text = f"{name} = {parent.text(answer)}\n"
    wanted, expression = edit.local
    local = _fresh(wanted, entry) if wanted else ""
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
