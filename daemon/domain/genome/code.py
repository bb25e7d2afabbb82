"""The code of a gated genome: what a child is handed instead of a text that it would check again.

It is compiled once, from the very tree that the gate checked, by whoever asks for the run; a child
only has to read it. Marshal is Python's own form of it, for one and the same interpreter, and goes
one way: from the daemon to a child, never back.
"""

from __future__ import annotations

import marshal
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Final

from daemon.domain.genome.contract import Kind, Number
from daemon.errors import GenomeRefused, Reason

if TYPE_CHECKING:  # a child has no gate and no parser
    import ast

    from daemon.domain.genome.gate import Gated

_WARNINGS: Final = threading.Lock()
"""Python's list of warnings belongs to all threads."""

FILE: Final = "<genome>"
"""The file that the code says it is from: what tells its lines in a traceback."""


@dataclass(frozen=True, slots=True)
class Code:
    """A genome's code, marshalled. kind: the function to call. defaults: its parameters' values."""

    kind: Kind
    defaults: Mapping[str, Number]
    marshalled: bytes

    def body(self) -> CodeType:
        """What defines the genome's functions where it is executed."""
        code: CodeType = marshal.loads(self.marshalled)
        return code


def compiled(gated: Gated) -> Code:
    """The code of a genome that passed the gate.

    GenomeRefused where only Python's compiler sees what is wrong: a `break` outside of a loop, an
    argument named twice, more than twenty loops in each other.
    """
    manifest = gated.manifest
    return Code(manifest.kind, manifest.defaults(), marshal.dumps(_compiled(gated.tree)))


def _compiled(tree: ast.Module) -> CodeType:
    with (
        _WARNINGS,
        warnings.catch_warnings(),
    ):  # of what can only fail when it runs, such as [1, 2][0.5]
        warnings.filterwarnings("ignore", category=SyntaxWarning, module=FILE)
        try:
            return compile(tree, FILE, "exec", dont_inherit=True)
        except SyntaxError as error:
            message = f"this is not valid Python: {error.msg}"
            raise GenomeRefused([Reason("syntax", error.lineno or 0, message)]) from error
