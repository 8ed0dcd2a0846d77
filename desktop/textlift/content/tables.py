"""The cells of a table block, however the engine wrote it, and their Markdown."""

from __future__ import annotations

import re

import msgspec

from textlift.content.markdown_text import escape_inline

MAX_CELLS = 20_000
"""Of a table in Markdown; a page of print holds some hundred."""
MAX_SPAN = 1000

_PIPE_RULE = re.compile(r"^\s*\|?(\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


class Cell(msgspec.Struct):
    """A cell: its text, how many columns and rows it takes, and whether it is a heading."""

    text: str = ""
    columns: int = 1
    rows: int = 1
    head: bool = False


Rows = list[list[Cell]]


def table_rows(text: str) -> Rows:
    """The rows of a table given as HTML, as a pipe table, or with tabs between cells.

    Empty when the text is none of these; such a table is shown line by line.
    """
    if "<tr" in text.lower():
        # Here: the parser of HTML takes as long to import as a hundred tables to read.
        from textlift.content.html_tables import html_rows

        return html_rows(text)
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(line.lstrip().startswith("|") for line in lines):
        return [_pipe_cells(line) for line in lines if not _PIPE_RULE.match(line)]
    if any("\t" in line for line in lines):
        return [[Cell(text=cell.strip()) for cell in line.split("\t")] for line in lines]
    return []


def table_markdown(text: str) -> str:
    """A table block as a pipe table, or as plain HTML where cells span several; else empty.

    Empty too where it has more cells than a viewer of Markdown bears: those of short rows count,
    since it makes them as well.
    """
    rows = table_rows(text)
    if not rows or max(map(len, rows)) * len(rows) > MAX_CELLS:
        return ""
    if any(cell.columns > 1 or cell.rows > 1 for row in rows for cell in row):
        return _as_html(rows)
    return _as_pipes(rows)


def table_lines(text: str) -> tuple[str, ...]:
    """A table block for plain text: a line for each row, tabs between cells; else empty."""
    lines = ("\t".join(" ".join(cell.text.split()) for cell in row) for row in table_rows(text))
    return tuple(line for line in lines if line.strip())


def _pipe_cells(line: str) -> list[Cell]:
    inner = line.strip().removeprefix("|")
    cells = [cell.strip().replace("\\|", "|") for cell in _UNESCAPED_PIPE.split(inner)]
    if len(cells) > 1 and not cells[-1]:
        cells.pop()
    return [Cell(text=cell) for cell in cells]


def _as_pipes(rows: Rows) -> str:
    width = max(len(row) for row in rows)
    lines = []
    for row in rows:
        cells = [escape_inline(cell.text) for cell in row] + [""] * (width - len(row))
        lines.append("| " + " | ".join(cells) + " |")
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _as_html(rows: Rows) -> str:
    import html

    lines = ["<table>"]
    for row in rows:
        cells = []
        for cell in row:
            name = "th" if cell.head else "td"
            spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            cells.append(f"<{name}{spans}>{html.escape(' '.join(cell.text.split()))}</{name}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    # No blank line inside: that would end the HTML block and begin Markdown.
    return "\n".join([*lines, "</table>"])
