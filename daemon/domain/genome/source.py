"""The text of a genome: intake caps, the one tree that is parsed from it, and its identity.

Caps come before the parser, which is C and can be made to labour; nothing here runs the text.
`canonical` writes the tree as text without comments, docstrings and layout.
"""

from __future__ import annotations

import ast
import hashlib
import re
from typing import Final

from daemon.domain.genome.canonical import canonical_text
from daemon.errors import GenomeRefused, Reason

MAX_BYTES: Final = 20 * 1024
MAX_LINE: Final = 400
MAX_BRACKETS: Final = 40
MAX_NODES: Final = 4_000
MAX_DEPTH: Final = 60
MAX_LITERALS: Final = 200

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEXTS: Final = re.compile(
    r'"""[\s\S]*?"""'
    r"|'''[\s\S]*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
    r"|#[^\n]*"
)
_QUOTE: Final = re.compile("[\"']")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_BRACKETS: Final = re.compile(r"[\[\](){}]")
_FIELDS: Final[dict[type[ast.AST], tuple[str, ...]]] = {
    ast.Name: (),
    ast.Constant: (),
    ast.Attribute: ("value",),
    ast.Call: ("func", "args", "keywords"),
    ast.keyword: ("value",),
    ast.BinOp: ("left", "right"),
    ast.UnaryOp: ("operand",),
    ast.BoolOp: ("values",),
    ast.Compare: ("left", "comparators"),
    ast.Subscript: ("value", "slice"),
    ast.Assign: ("targets", "value"),
    ast.Tuple: ("elts",),
    ast.List: ("elts",),
    ast.Expr: ("value",),
}
"""Children that are always there, of the usual nodes: `ast.iter_child_nodes` is slow."""
_CONTROL_NAMES: Final = {"\0": "a NUL", "\r": "a carriage return", "\f": "a form feed"}


def parsed(source: str | bytes) -> tuple[ast.Module, int]:
    """The tree of a text within the caps, and its size in nodes; GenomeRefused otherwise."""
    text = decoded(source)
    reasons = _text_reasons(text)
    if reasons:
        raise GenomeRefused(reasons)
    tree = _tree(text)
    return tree, _measured(tree)


def decoded(source: str | bytes) -> str:
    """The text, strictly UTF-8 whatever a coding cookie says, with line ends as newlines."""
    try:
        data = source.encode("utf-8") if isinstance(source, str) else source
        text = data.decode("utf-8") if isinstance(source, bytes) else source
    except UnicodeError as error:
        raise _refused("not_utf8", 0, f"the text is not UTF-8: {error}") from error
    if len(data) > MAX_BYTES:
        sentence = f"the text has {len(data)} bytes, at most {MAX_BYTES} are allowed"
        raise _refused("too_long", 0, sentence)
    return text.replace("\r\n", "\n")


def genome_hash(source: str | bytes) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits; GenomeRefused if it has no tree."""
    return hash_of(parsed(source)[0])


def hash_of(tree: ast.Module) -> str:
    """SHA-256 of a tree's canonical text."""
    return hashlib.sha256(canonical_text(tree).encode()).hexdigest()


def _text_reasons(text: str) -> list[Reason]:
    reasons = []
    for pattern, code in ((_CONTROL, "control_character"), (_DIRECTION, "hidden_character")):
        if found := pattern.search(text):
            reasons.append(_character(code, text, found))
    if len(text) > MAX_LINE and (line := _long_line(text)):
        sentence = f"the line is longer than {MAX_LINE} characters: break it"
        reasons.append(Reason("line_too_long", line, sentence))
    if "\\" in text and (line := _escaping_line(text)):
        reasons.append(Reason("string", line, "there is no backslash in a string or docstring"))
    code = _TEXTS.sub(_newlines, text)
    if found := _QUOTE.search(code):
        # the parser would read on where this does not, and count other brackets
        line = code.count("\n", 0, found.start()) + 1
        sentence = "this is not valid Python: a string is not closed on its line"
        reasons.append(Reason("syntax", line, sentence))
    if not code.isascii() and (found := _NOT_ASCII.search(code)):
        reasons.append(_character("non_ascii", code, found))
    return reasons or _bracket_reasons(code)


def _newlines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _escaping_line(text: str) -> int:
    """Line of the first string with a backslash: the parser warns of some, and none is needed."""
    for found in _TEXTS.finditer(text):
        if "\\" in found[0] and not found[0].startswith("#"):
            return text.count("\n", 0, found.start()) + 1
    return 0


def _long_line(text: str) -> int:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            return number
    return 0


def _character(code: str, text: str, found: re.Match[str]) -> Reason:
    name = _CONTROL_NAMES.get(found[0], f"the character U+{ord(found[0]):04X}")
    where = "in the text" if code != "non_ascii" else "outside docstring and comments"
    return Reason(code, text.count("\n", 0, found.start()) + 1, f"{name} {where} is not allowed")


def _bracket_reasons(code: str) -> list[Reason]:
    depth = 0
    for found in _BRACKETS.finditer(code):
        depth += 1 if found[0] in "([{" else -1
        if depth > MAX_BRACKETS:
            line = code.count("\n", 0, found.start()) + 1
            sentence = f"brackets are nested deeper than {MAX_BRACKETS}: use named steps"
            return [Reason("too_deep", line, sentence)]
    return []


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        message = f"this is not valid Python: {error.msg}"
        raise _refused("syntax", error.lineno or 0, message) from error
    except (RecursionError, MemoryError, ValueError, OverflowError) as error:
        raise _refused("too_deep", 0, "the text is too deeply nested to be read") from error


def _measured(tree: ast.Module) -> int:
    nodes = literals = 0
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise _refused("too_many_nodes", 0, f"the genome has more than {MAX_NODES} tree nodes")
        literals += sum([type(node) is ast.Constant for node in level])
        level = _children(level)
        if not level:
            break
    else:
        raise _refused("too_deep", _line(level[0]), f"nested deeper than {MAX_DEPTH} levels")
    if literals > MAX_LITERALS:
        sentence = f"the genome has {literals} literals, at most {MAX_LITERALS}: it is no table"
        raise _refused("too_many_literals", 0, sentence)
    return nodes


def _children(level: list[ast.AST]) -> list[ast.AST]:
    below: list[ast.AST] = []
    for node in level:
        fields = _FIELDS.get(type(node))
        if fields is None:
            below.extend(ast.iter_child_nodes(node))
            continue
        for name in fields:
            value = getattr(node, name)
            if type(value) is list:
                below.extend(value)
            else:
                below.append(value)
    return below


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _refused(code: str, line: int, message: str) -> GenomeRefused:
    return GenomeRefused([Reason(code, line, message)])
