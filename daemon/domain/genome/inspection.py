"""What the grammar knows while it walks a genome: scopes, calls between functions, reasons."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from daemon.domain.genome import vocabulary as words
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import Reason, did_you_mean

MAX_REASONS: Final = 40
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_HANDED: Final = frozenset({"bars", "panel", "p"})


class Inspection:
    """One walk over one genome. `visit` is the grammar, handed in so that calls can use it."""

    __slots__ = (
        "_bound",
        "_current",
        "_loads",
        "calls",
        "constants",
        "functions",
        "parameters",
        "reasons",
        "visit",
    )

    def __init__(
        self,
        functions: Mapping[str, ast.FunctionDef],
        parameters: frozenset[str],
        constants: frozenset[str],
        visit: Callable[[Inspection, ast.AST], None],
    ) -> None:
        self.functions = functions
        self.parameters = parameters
        self.constants = constants
        self.visit = visit
        self.calls: dict[str, set[str]] = {}
        self.reasons: list[Reason] = []
        self._current = ""
        self._bound: set[str] = set()
        self._loads: list[ast.Name] = []

    def refuse(self, code: str, node: ast.AST, message: str) -> None:
        """Notes a reason at the line of a node."""
        if len(self.reasons) < MAX_REASONS:
            self.reasons.append(Reason(code, getattr(node, "lineno", 0), message))

    def enter(self, function: str) -> None:
        """Begins the scope of a function."""
        self._current = function
        self._bound = set()
        self._loads = []
        self.calls.setdefault(function, set())

    def leave(self) -> None:
        """Ends the scope: every name that was read must have been bound in it."""
        known = self._bound | self.constants
        for node in self._loads:
            if node.id not in known:
                self._unknown(node, known)

    def check_name(self, name: str, node: ast.AST) -> bool:
        """False, with a reason, where a name may not be bound."""
        if name.startswith("_"):
            self.refuse("underscore", node, f"names do not begin with an underscore, found {name}")
            return False
        return True

    def bind_argument(self, name: str, node: ast.AST) -> None:
        """Binds an argument; only arguments may be called bars, panel and p."""
        if name in _HANDED:
            self._bound.add(name)
        else:
            self.bind(name, node)

    def bind(self, name: str, node: ast.AST) -> None:
        """Binds a local name."""
        if not self.check_name(name, node):
            return
        if name in words.RESERVED or name in self.functions or name in self.constants:
            self.refuse("reserved_name", node, f"{name} has a meaning already: use another name")
        self._bound.add(name)

    def load(self, name: str, node: ast.Name) -> None:
        """Reads a name as a value."""
        if name in _HANDED:
            message = f"{name} is read by its parts or handed to an own function, never used whole"
            self.refuse("whole_object", node, message)
        elif name in ("np", "ta"):
            self.refuse("module_value", node, f"{name} is written only as {name}.name")
        elif name in words.BUILTINS or name in self.functions:
            self.uncalled(name, node)
        elif self.check_name(name, node):
            self._loads.append(node)

    def load_base(self, name: str, node: ast.Name) -> None:
        """Reads bars, panel or p where that is allowed."""
        if name not in self._bound:
            self.refuse("unknown_name", node, f"{name} is not an argument of this function")

    def call_own(self, name: str) -> None:
        """Notes that the current function calls another of the genome."""
        self.calls[self._current].add(name)

    def uncalled(self, name: str, node: ast.AST) -> None:
        """Refuses a function that is used as a value."""
        self.refuse("function_value", node, f"{name} is a function: call it")

    def refuse_word(self, base: str, name: str, node: ast.AST) -> None:
        """Refuses an attribute that is not listed, with what to write instead."""
        if name.startswith("_"):
            self.check_name(name, node)
            return
        known: Any = {"np": words.NUMPY | words.CONSTANTS, "ta": INDICATORS}.get(
            base, words.METHODS | words.FIELDS
        )
        hint = f"use {words.INSTEAD[name]}" if name in words.INSTEAD else did_you_mean(name, known)
        if not hint and base != "ta" and name in INDICATORS:
            hint = f"use ta.{name}"
        shown = f"{base}.{name}" if base else f"the attribute {name}"
        message = f"{shown} is not in the vocabulary" + (f"; {hint}" if hint else "")
        self.refuse(f"{base}_name" if base else "attribute", node, message)

    def parameter(self, node: ast.Subscript) -> None:
        """Checks p["name"]."""
        if isinstance(node.value, ast.Name):
            self.load_base("p", node.value)
        key = node.slice
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            self.refuse("parameter", node, 'a parameter is read by its name, as in p["n"]')
        elif key.value not in self.parameters:
            hint = did_you_mean(key.value, self.parameters) or "add it to PARAMS"
            self.refuse("parameter", node, f"PARAMS has no {key.value!r:.40}; {hint}")

    @staticmethod
    def is_key(node: ast.expr) -> bool:
        """True for a literal that may be a dictionary's key."""
        if not isinstance(node, ast.Constant):
            return False
        plain_word = isinstance(node.value, str) and _KEY.fullmatch(node.value) is not None
        return plain_word or type(node.value) is int

    def _unknown(self, node: ast.Name, known: set[str]) -> None:
        if node.id == "PARAMS":
            hint = 'read parameters as p["name"]'
        elif node.id in INDICATORS:
            hint = f"write ta.{node.id}"
        else:
            hint = did_you_mean(node.id, known) or "a name is bound in the function that reads it"
        self.refuse("unknown_name", node, f"{node.id} is not known here; {hint}")
