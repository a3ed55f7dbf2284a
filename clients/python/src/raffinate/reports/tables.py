"""Tables of the report."""

from __future__ import annotations

from html import escape
from typing import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], chosen: int | None = None) -> str:
    """Cells are HTML; row ``chosen`` is marked."""
    heads = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = []
    for i, row in enumerate(rows):
        mark = ' class="chosen"' if i == chosen else ""
        body.append(f"<tr{mark}>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>")
    return (
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def words(text: str) -> str:
    """A cell of words, which stand at its left."""
    return f'<span class="words">{text}</span>'
