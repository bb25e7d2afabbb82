"""The writer behind the vendor's server: small edits of the genome that it is shown.

An edit is drawn from a digest, so that the same request has the same answer: a number of PARAMS
or EXITS that moves by a fifth to three fifths, an exit that was not there, or positions only while
volatility or trend allow them. The text stays as it was but for the edit and its idea.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from daemon.domain.genome import gate
from daemon.domain.genome.contract import Number
from daemon.domain.genome.gate import Gated
from daemon.domain.genome.manifest import MAX_WARMUP
from daemon.errors import GenomeRefused

PLAIN = '''"""Hold while the close is above its average."""

TIMEFRAME = "1d"
PARAMS = {"n": (50, 10, 200)}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["n"]), 1.0, 0.0)
'''
_FENCE = re.compile(r"^```python[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"^.*PARENT.*$", re.MULTILINE)
_LONGEST_IDEA = 160


def parent_in(prompt: str) -> str:
    """The first Python fence after a line with PARENT, else the last one, else ''."""
    mark = _MARK.search(prompt)
    following = _FENCE.search(prompt, mark.end()) if mark else None
    if following:
        return following.group(1)
    return ["", *(found.group(1) for found in _FENCE.finditer(prompt))][-1]


def idea_of(source: str) -> str:
    """The first sentence of a genome's docstring."""
    said = " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    end = re.search(r"[.!?](\s|$)", said)
    return said[: end.start() + 1] if end else said


def improved(source: str, digest: bytes) -> str:
    """Another genome that the gate takes; of a plain one where it refuses the source itself."""
    draw = random.Random(digest)
    for parent in filter(None, (_read(source), _read(PLAIN))):
        for edit in draw.sample(EDITS, len(EDITS)):
            found = edit(parent, draw)
            child = _read(_written(parent, found)) if found else None
            if child:
                return child.gated.source
    raise AssertionError("the plain genome can always be edited")


@dataclass(frozen=True, slots=True)
class _Parent:
    """A genome that the gate takes. header: the values of its lines by name."""

    gated: Gated
    tree: ast.Module
    header: dict[str, ast.expr]

    @property
    def entry(self) -> ast.FunctionDef:
        kind = self.gated.manifest.kind
        defined = (node for node in self.tree.body if isinstance(node, ast.FunctionDef))
        return next(node for node in defined if node.name == kind)


@dataclass(frozen=True, slots=True)
class _Edit:
    """clause: the change in words. swaps: nodes, their new text. line: one more of the header."""

    clause: str
    swaps: tuple[tuple[ast.expr, str], ...] = ()
    line: str = ""


@lru_cache(maxsize=256)
def _read(source: str) -> _Parent | None:
    try:
        gated = gate.check(source.replace("\r\n", "\n"))
    except GenomeRefused:
        return None
    tree = ast.parse(gated.source)
    lines = [node for node in tree.body if isinstance(node, ast.Assign)]
    header = {ast.unparse(node.targets[0]): node.value for node in lines}
    return _Parent(gated, tree, header)


def _parameter(parent: _Parent, draw: random.Random) -> _Edit | None:
    entries = parent.header.get("PARAMS")
    if not isinstance(entries, ast.Dict):
        return None
    params = parent.gated.manifest.params
    for place in draw.sample(range(len(params)), len(params)):
        param, node = params[place], entries.values[place]
        if param.choices:
            value = _other(param.choices, param.default, draw)
        else:
            value = _moved(param.default, param.low, param.high, draw)
        if value is not None:
            default = node.elts[0] if isinstance(node, ast.Tuple) else node
            return _Edit(f"with {param.name} at {value}", ((default, repr(value)),))
    return None


def _other(choices: Sequence[Number], value: Number, draw: random.Random) -> Number | None:
    others = [choice for choice in choices if choice != value]
    return draw.choice(others) if others else None


def _moved(
    value: Number, low: Number | None, high: Number | None, draw: random.Random
) -> Number | None:
    """A value 20 to 60 % away and inside its range, or None; whole numbers move by one at least."""
    share = draw.uniform(0.2, 0.6) * draw.choice((-1, 1))
    for part in (share, -share):
        new: Number = float(f"{value * (1 + part):.2g}")
        if isinstance(value, int):
            new = round(value * (1 + part))
            new = new if new != value else value + (1 if part > 0 else -1)
        inside = (low is None or low <= new) and (high is None or new <= high)
        if inside and new != value and value:
            return new
    return None


def _exit(parent: _Parent, draw: random.Random) -> _Edit | None:
    entries = parent.header.get("EXITS")
    if entries is None:
        width, bars = round(draw.uniform(1.5, 6.0), 1), draw.randrange(5, 61)
        name, value = draw.choice((("stop_atr", width), ("trail_atr", width), ("max_bars", bars)))
        return _Edit(f"with {name} at {value}", line=f'EXITS = {{"{name}": {value}}}')
    assert isinstance(entries, ast.Dict)
    pairs = zip(entries.keys, entries.values, strict=True)
    told = [(key, node, ast.literal_eval(node)) for key, node in pairs]
    told = [each for each in told if not isinstance(each[2], bool)]
    if not told:
        return None
    key, node, old = draw.choice(told)
    new = _moved(old, 1 if isinstance(old, int) else 0.0, 1000, draw)
    name = ast.literal_eval(key) if key else ""
    return _Edit(f"with {name} at {new}", ((node, repr(new)),)) if new else None


def _volatility(parent: _Parent, draw: random.Random) -> _Edit | None:
    short, long = draw.randrange(5, 41), draw.randrange(50, 151)
    word, sign = draw.choice((("low", "<"), ("high", ">")))
    close = f"{parent.entry.args.args[0].arg}.close"
    now = f"ta.volatility({close}, {short})"
    condition = f"{now} {sign} ta.sma({now}, {long})"
    return _only_while(parent, condition, f"only while volatility is {word}", short + long)


def _trend(parent: _Parent, draw: random.Random) -> _Edit | None:
    window = draw.randrange(20, 201)
    word, sign = draw.choice((("above", ">"), ("below", "<")))
    close = f"{parent.entry.args.args[0].arg}.close"
    condition = f"{close} {sign} ta.sma({close}, {window})"
    return _only_while(parent, condition, f"only {word} the average of {window} bars", window)


def _only_while(parent: _Parent, condition: str, clause: str, memory: int) -> _Edit:
    """Every answer of the entry function, flat where the condition does not hold.

    A product keeps the answer undefined where it was: NaN after a number would be refused.
    """
    swaps = [
        (node.value, f"({_text(parent, node.value)}) * ({condition})")
        for node in ast.walk(parent.entry)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    if "WARMUP" in parent.header:
        stated = min(MAX_WARMUP, parent.gated.manifest.warmup + memory)
        swaps.append((parent.header["WARMUP"], str(stated)))
    return _Edit(clause, tuple(swaps))


EDITS: tuple[Callable[[_Parent, random.Random], _Edit | None], ...] = (
    _parameter,
    _parameter,
    _parameter,
    _exit,
    _volatility,
    _trend,
)


def _written(parent: _Parent, edit: _Edit) -> str:
    """The genome's text with the edit, and with what changed in its docstring."""
    first, *rest = parent.tree.body
    assert isinstance(first, ast.Expr)
    starts = _starts(parent.gated.source)
    swaps = (*edit.swaps, (first.value, _idea(parent, edit)))
    changes = [(*_span(node, starts), text) for node, text in swaps]
    if edit.line:
        lines = [node for node in rest if isinstance(node, ast.Assign)]
        _, end = _span(lines[-1] if lines else first, starts)
        changes.append((end, end, ("\n" if lines else "\n\n") + edit.line))
    text = parent.gated.source.encode()
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new.encode() + text[end:]
    return text.decode()


def _idea(parent: _Parent, edit: _Edit) -> str:
    said = parent.gated.manifest.idea.split(";")[0].rstrip(".!? ")[:_LONGEST_IDEA]
    plain = said.replace('"', "'")
    return f'"""{plain}; {edit.clause}."""'


def _text(parent: _Parent, node: ast.expr) -> str:
    start, end = _span(node, _starts(parent.gated.source))
    return parent.gated.source.encode()[start:end].decode()


def _starts(source: str) -> list[int]:
    """Where each line begins, in bytes."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _span(node: ast.expr | ast.stmt, starts: Sequence[int]) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = starts[node.lineno - 1] + node.col_offset
    return start, starts[node.end_lineno - 1] + node.end_col_offset
