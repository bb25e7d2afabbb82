"""Lists, tables and strips of figures as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def items(sentences: Iterable[str]) -> str:
    """Sentences as a list; nothing where there is none."""
    inner = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{inner}</ul>" if inner else ""


def figures(cells: Iterable[tuple[str, str, str]]) -> str:
    """A strip of figures: each a name, a value and a note below it."""
    inner = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"
        for name, value, note in cells
    )
    return f'<dl class="figures">{inner}</dl>'


def keys(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values as a two-column table. The cells are HTML already."""
    inner = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    return f'<table class="keys">{inner}</table>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], styles: Sequence[str]) -> str:
    """A table with one class for each column. Cells are HTML already.

    "n" numbers, "bars" bars, "below" a last column that stands below the others on a telephone.
    """
    top = _row("th", head, styles)
    body = "".join(_row("td", row, styles) for row in rows)
    header = f"<thead>{top}</thead>" if any(head) else ""
    return f'<div class="scroll"><table>{header}<tbody>{body}</tbody></table></div>'


def _row(tag: str, cells: Sequence[str], styles: Sequence[str]) -> str:
    inner = "".join(
        f'<{tag} class="{style}">{cell}</{tag}>' if style else f"<{tag}>{cell}</{tag}>"
        for cell, style in zip(cells, styles, strict=True)
    )
    return f"<tr>{inner}</tr>"
