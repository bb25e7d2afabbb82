"""The text of a child: a parent with one edit carried out.

1. `_lines` writes the lines that hold a swapped expression anew, by identity of the old nodes.
2. `_answered` puts the new answer in the old one's place.
3. `written` drops local names that nothing reads any more.
4. `_headed` writes the header anew, without parameters that nothing reads any more; WARMUP is left
   out where a look-back may have changed, so that the gate fills it in, unless it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from typing import Final

import libcst as cst

from daemon.domain.genome.manifest import MAX_WARMUP
from plugins.splice.edit import Edit
from plugins.splice.idea import continued
from plugins.splice.lines import Layout, Written, laid_out, line_text, said, written
from plugins.splice.parsed import HEADER, Parsed
from plugins.splice.rewrite import swapped
from plugins.splice.vocabulary import LONGEST_WINDOW
from plugins.splice.walking import parts, walk

LINE: Final = 100


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
        return [Written(edit.functions.strip("\n"), said(edit.functions, False).keys)]
    return [written(layout, lines) for layout, lines in _lines(parent, edit)]


def _lines(parent: Parsed, edit: Edit) -> Iterator[tuple[Layout, list[str]]]:
    """Each function with its lines as the edit leaves them."""
    owners = _owners(parent) if edit.swaps else {}
    swaps = {id(n): _expression(text, owners.get(id(n))) for n, text in edit.swaps}
    around = {id(above) for n, _ in edit.swaps for above in _above(n, owners)}
    for function, layout in zip(parent.functions, laid_out(parent), strict=True):
        answering = edit.answer and function is parent.entry and parent.answer is not None
        lines = []
        for node, text in layout.lines:
            if answering and _returns(node):
                lines += _answered(parent, edit, layout)
            elif id(node) in around:
                lines.append(line_text(parent, layout.indent, swapped(node, swaps, around)))
            else:
                lines.append(text)
        yield layout, lines


@lru_cache(maxsize=64)
def _owners(parent: Parsed) -> Mapping[int, cst.CSTNode]:
    """The node right around each node of the functions, by identity."""
    return {id(p): node for f in parent.functions for node in walk(f) for p in parts(node)}


def _above(node: cst.CSTNode, owners: Mapping[int, cst.CSTNode]) -> Iterator[cst.CSTNode]:
    while owner := owners.get(id(node)):
        yield owner
        node = owner


def _expression(text: str, owner: cst.CSTNode | None) -> cst.BaseExpression:
    """Brackets are kept where they hold several lines together or separate from neighbours."""
    if "\n" in text:
        return cst.parse_expression(text if text[0] in "([" else f"({text})")
    node = cst.parse_expression(text)
    alone = isinstance(owner, cst.Arg | cst.Assign | cst.Return | cst.Index)
    return node.with_changes(lpar=[], rpar=[]) if alone else node


def _answered(parent: Parsed, edit: Edit, layout: Layout) -> list[str]:
    """The lines of another answer; the old one gets a name, so that lines stay short."""
    assert parent.answer is not None
    name, new = parent.text(parent.answer), []
    if "{answer}" in edit.answer and not isinstance(parent.answer, cst.Name):
        name = _fresh("position", parent.entry)
        new.append(f"{name} = {parent.text(parent.answer)}")
    wanted, expression = edit.local
    local = _fresh(wanted, parent.entry) if wanted else ""
    if wanted:
        new.append(f"{local} = {expression}")
    new.append(f"return {edit.answer.format(answer=name, local=local)}")
    return [_line(parent, layout.indent, text) for text in new]


def _line(parent: Parsed, indent: str, text: str) -> str:
    """A statement as a line; one of several lines is indented within its brackets as well."""
    if "\n" in text:
        return line_text(parent, indent, cst.parse_statement(text))
    return f"{indent}{text}\n"


def _returns(line: cst.CSTNode) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[-1], cst.Return)


def _fresh(name: str, function: cst.FunctionDef) -> str:
    taken = {node.value for node in walk(function) if isinstance(node, cst.Name)}
    numbered = (f"{name}_{number}" for number in count(2))
    return next(n for n in chain([name], numbered) if n not in taken)


def _params(entries: Mapping[str, str]) -> str:
    short = "{" + ", ".join(f'"{key}": {value}' for key, value in entries.items()) + "}"
    if len(short) <= LINE - len("PARAMS = "):
        return short
    return "{\n" + "".join(f'    "{key}": {value},\n' for key, value in entries.items()) + "}"


def _headed(idea: str, header: Mapping[str, str]) -> str:
    names = [n for n in HEADER if n in header] + [n for n in header if n not in HEADER]
    lines = [f"{name} = {header[name]}" for name in names if header[name] not in ("", "{}")]
    return "\n\n".join([f'"""{idea}"""', "\n".join(lines)]).rstrip("\n")
