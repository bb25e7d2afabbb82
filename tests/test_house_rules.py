"""The shape of the tree: sizes, docstrings, purity, and what must not stand in it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MODULES = sorted([*(REPOSITORY / "daemon").rglob("*.py"), *(REPOSITORY / "plugins").rglob("*.py")])
DOMAIN = sorted((REPOSITORY / "daemon" / "domain").rglob("*.py"))
LONGEST_MODULE = 350
LONGEST_FUNCTION = 50
DATA_TABLES = frozenset({"vocabulary.py", "fees.py"})
FILES = re.compile(r"(?<![\w.])open\(")
CLOCKS = re.compile(r"\b(datetime\.now|time\.time|time\.monotonic|perf_counter)\b")


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()

    assert path.name in DATA_TABLES or len(text.splitlines()) <= LONGEST_MODULE
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_is_short(path: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]

    assert not long


def test_init_files_are_empty_but_for_the_front_doors() -> None:
    doors = {"daemon/plugin/__init__.py"}
    full = [
        name_of(path)
        for path in (REPOSITORY / "daemon").rglob("__init__.py")
        if path.read_text().strip() and name_of(path) not in doors
    ]

    assert not full


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_has_no_clock_and_opens_no_file(path: Path) -> None:
    text = path.read_text()

    assert not CLOCKS.search(text)
    assert not FILES.search(text)
    assert "import os" not in text


def test_no_package_registry_is_named_anywhere() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    registry = re.compile(rb"pypi\.(org|python)|files\.pythonhosted|registry\.npmjs")
    this = Path(__file__).name

    found = [
        name
        for name in listed.stdout.split()
        if Path(name).name != this and registry.search((REPOSITORY / name).read_bytes())
    ]

    assert not found


def test_every_locked_package_has_a_hash() -> None:
    text = (REPOSITORY / "requirements.lock").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]

    assert lines
    assert all("==" in line and "--hash=sha256:" in line for line in lines)
