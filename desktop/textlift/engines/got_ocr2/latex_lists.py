"""Lists in LaTeX, as lists in Markdown."""

from __future__ import annotations

import re

_BEGIN = re.compile(r"^\s*\\begin\{(itemize|enumerate|description)\}(?:\[[^\]]*\])?\s*(.*)$")
_END = re.compile(r"^\s*\\end\{(?:itemize|enumerate|description)\}\s*(.*)$")
_ITEM = re.compile(r"^\s*\\item\s*(?:\[([^\]]*)\])?\s*(.*)$")


def lists_in_markdown(source: str) -> str:
    """Source with its lists as Markdown's: a sign for each item, and deeper ones indented."""
    lines: list[str] = []
    counters: list[int | None] = []
    for line in source.split("\n"):
        rest = line
        if match := _BEGIN.match(rest):
            if not counters:
                lines.append("")
            counters.append(0 if match.group(1) == "enumerate" else None)
            rest = match.group(2)
        elif match := _END.match(rest):
            if counters:
                counters.pop()
            if not counters:
                lines.append("")
            rest = match.group(1)
        if not rest.strip() and rest is not line:
            continue
        lines.append(_in_list(rest, counters) if counters else rest)
    return "\n".join(lines)


def _in_list(line: str, counters: list[int | None]) -> str:
    """A line of a list; counts it where it begins an item."""
    indent = "    " * (len(counters) - 1)
    item = _ITEM.match(line)
    if item is None:
        return f"{indent}    {line.strip()}" if line.strip() else ""
    label, text = item.groups()
    count = counters[-1]
    if count is not None:
        counters[-1] = count = count + 1
        return f"{indent}{count}. {text}"
    label = (label or "").strip()
    # A sign as words, such as “a)”, is kept; one as LaTeX is made anew by whoever writes the list.
    return f"{indent}- {label} {text}" if label and "\\" not in label else f"{indent}- {text}"
