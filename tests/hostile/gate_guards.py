"""The guards of the gate, each with what takes it away, and it alone.

A guard is a constant, a word list or a check of `daemon.domain.genome`; taking it away patches the
very thing. What is then no longer refused, or for other reasons, is what that guard stood for.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from daemon.domain.genome import (
    budget,
    calls,
    gate,
    grammar,
    manifest,
    memory,
    source,
    syntax,
)
from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.inspection import Inspection
from tests.hostile.gate_removals import (
    NEVER,
    NO_LIMIT,
    Everything,
    Removal,
    any_builtin,
    any_call,
    any_double_key,
    any_indicator,
    any_literal_base,
    any_named_argument,
    any_parameter,
    any_star,
    any_target,
    bytes_to_the_parser,
    lenient_decoding,
    let_be_values,
    let_operators_stand,
    let_stand,
    let_values_stand,
    look_into,
    plain_arguments,
    put,
    unannotated,
    undecorated,
    unseen,
    without_header_reason,
)

_STATEMENTS: Final[dict[str, tuple[type[ast.AST], ...]]] = {
    "class": (ast.ClassDef,),
    "lambda": (ast.Lambda,),
    "while": (ast.While,),
    "try": (ast.Try, ast.TryStar),
    "with": (ast.With,),
    "yield": (ast.Yield, ast.YieldFrom),
    "generator": (ast.GeneratorExp,),
    "set": (ast.Set, ast.SetComp),
    "dictionary comprehension": (ast.DictComp,),
    "f-string": (ast.JoinedStr, ast.FormattedValue),
    "match": (ast.Match,),
    "walrus": (ast.NamedExpr,),
    "global": (ast.Global, ast.Nonlocal),
    "delete": (ast.Delete,),
    "raise": (ast.Raise,),
    "assert": (ast.Assert,),
    "import": (ast.Import, ast.ImportFrom),
    "variable annotation": (ast.AnnAssign,),
    "nested function": (ast.FunctionDef,),
    "forgotten value": (ast.Expr,),
}
_LISTS: Final = ("NUMPY", "FFT", "METHODS", "FIELDS", "KEYWORDS", "BARS")
GATE: Final[dict[str, Removal]] = {
    "utf-8": lenient_decoding,
    "text, not bytes": bytes_to_the_parser,
    "length of the text": put(source, "MAX_BYTES", NO_LIMIT),
    "length of a line": put(source, "MAX_LINE", NO_LIMIT),
    "brackets": put(source, "MAX_BRACKETS", NO_LIMIT),
    "nodes": put(source, "MAX_NODES", NO_LIMIT),
    "depth": put(source, "MAX_DEPTH", 10_000),
    "literals": put(source, "MAX_LITERALS", NO_LIMIT),
    "control characters": put(source, "_CONTROL", NEVER),
    "direction of writing": put(source, "_DIRECTION", NEVER),
    "ASCII code": put(source, "_NOT_ASCII", NEVER),
    "closed strings": put(source, "_QUOTE", NEVER),
    "backslashes": put(source, "_escaping_line", lambda text: 0),
    "digits": put(budget, "MAX_DIGITS", NO_LIMIT),
    "long list": put(budget, "LONGEST_LIST", NO_LIMIT),
    "many lists": put(budget, "MAX_LISTED", NO_LIMIT),
    "header literal": without_header_reason("header_not_literal"),
    "header form": without_header_reason("header_form"),
    "header names": without_header_reason("header_unknown"),
    "header once": without_header_reason("header_twice"),
    "header words": put(manifest, "_LIST_NAME", re.compile(r".*")),
    "keys once": any_double_key,
    "exits": put(manifest, "_exits", lambda reading, value: None),
    "parameter names": put(manifest, "_WORD", re.compile(r".*")),
    "parameter values": put(manifest, "_is_number", lambda value: True),
    "number of parameters": put(manifest, "MAX_PARAMETERS", NO_LIMIT),
    "idea": put(manifest, "_idea", lambda tree, reading: "An idea."),
    "top level": put(
        grammar,
        "_top_level",
        lambda seen, node: (
            grammar._function(seen, node) if isinstance(node, ast.FunctionDef) else None
        ),
    ),
    "entry": put(grammar, "_entry", lambda seen, tree: grammar._check_cycles(seen)),
    "cycles": put(grammar, "_check_cycles", lambda seen: None),
    "decorators": unseen(undecorated),
    "annotations": unseen(unannotated),
    "plain arguments": unseen(plain_arguments),
    "defaults": put(grammar, "_is_number", lambda node: True),
    "underscores": put(Inspection, "check_name", lambda *_: True),
    "reserved names": put(words, "RESERVED", frozenset()),
    "bound names": put(Inspection, "leave", lambda seen: None),
    "known builtins": any_builtin,
    "known indicators": any_indicator,
    "functions are called": put(Inspection, "uncalled", lambda *_: None),
    "modules are no values": let_be_values(("np", "ta")),
    "bars are no values": let_be_values(("bars", "panel", "p")),
    "parameters": any_parameter,
    "keys": put(Inspection, "is_key", staticmethod(lambda node: True)),
    "names are called": any_call,
    "builtins take no names": any_named_argument,
    "types": put(calls, "_is_type", lambda node: True),
    "places": put(calls, "_limit", lambda name, method: NO_LIMIT),
    "stores": any_target,
    "loops": put(syntax, "_iterable", syntax.visit),
    "exponents": put(syntax, "_power", lambda *_: None),
    "words": let_values_stand((str,)),
    "numbers": let_values_stand((int, float)),
    "constants": let_values_stand((bytes, complex, type(None), type(...))),
    "literals have no parts": any_literal_base,
    "stars": any_star,
    "identity and membership": let_operators_stand(ast.Is, ast.IsNot, ast.In, ast.NotIn),
    "matrices": let_operators_stand(ast.MatMult),
    "shifts": let_operators_stand(ast.LShift, ast.RShift),
    "empty return": lambda patch: patch.setitem(syntax._HANDLERS, ast.Return, look_into),
    "steps of the analysis": put(memory, "_MAX_STEPS", NO_LIMIT),
    "depth of calls": put(grammar, "MAX_CALL_DEPTH", 1_000),
    "memory": put(gate, "warmup_of", lambda tree, header: (1, 1)),
}
GATE.update({name: let_stand(*kinds) for name, kinds in _STATEMENTS.items()})
GATE.update({f"list {name}": put(words, name, Everything()) for name in _LISTS})
