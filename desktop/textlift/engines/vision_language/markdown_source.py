"""Cuts a model's Markdown into stretches that a Markdown parser can be given and those it cannot.

Formulas, HTML tables and LaTeX tables hold blank lines, backslashes and signs that Markdown would
take for its own, so they are found first, line by line.
"""

from __future__ import annotations

import enum
import re

import msgspec


class StretchKind(enum.Enum):
    """What a stretch of source is."""

    MARKDOWN = enum.auto()
    FORMULA = enum.auto()
    HTML_TABLE = enum.auto()
    LATEX_TABLE = enum.auto()


class Stretch(msgspec.Struct, frozen=True):
    """Consecutive source: its kind, and its text without delimiters."""

    kind: StretchKind
    text: str


_WHOLE_FENCE = re.compile(r"\A\s*```(?:markdown|md)[ \t]*\n(.*?)(?:\n```\s*)?\Z", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_TABULAR = re.compile(r"^\s*\\begin\{(table\*?|tabular[x*]?|longtable)\}")
_EQUATION = re.compile(
    r"^\s*\\begin\{((?:equation|align|gather|multline|eqnarray|displaymath)\*?)\}"
)
_HTML_TABLE = re.compile(r"^\s*<table[\s>]", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_TABLE_START = re.compile(r"<table[\s>]", re.IGNORECASE)


def without_fence(text: str) -> str:
    """An answer that is one ```` ```markdown ```` block as a whole, without the fence."""
    whole = _WHOLE_FENCE.match(text)
    return whole.group(1) if whole else text


def stretches(source: str) -> list[Stretch]:
    """The stretches in order. One that is broken off goes on to the end."""
    result: list[Stretch] = []
    markdown: list[str] = []
    lines = without_fence(source).split("\n")
    at = 0
    fence = ""
    while at < len(lines):
        line = lines[at]
        fence, fenced = _fence_after(line, fence)
        found = None if fenced else _special(lines, at)
        if found is None:
            markdown.append(line)
            at += 1
            continue
        if any(text.strip() for text in markdown):
            result.append(Stretch(StretchKind.MARKDOWN, "\n".join(markdown)))
        stretch, at, rest = found
        markdown = [rest] if rest else []
        result.append(stretch)
    if any(text.strip() for text in markdown):
        result.append(Stretch(StretchKind.MARKDOWN, "\n".join(markdown)))
    return result


def _fence_after(line: str, fence: str) -> tuple[str, bool]:
    """The fence that is open after a line, and whether the line belongs to fenced code."""
    match = _FENCE.match(line)
    if not fence:
        opens = match is not None and not (match.group(1)[0] == "`" and "`" in match.group(2))
        return (match.group(1) if opens and match else ""), opens
    closes = match is not None and match.group(1).startswith(fence) and not match.group(2).strip()
    return ("" if closes else fence), True


def _special(lines: list[str], at: int) -> tuple[Stretch, int, str] | None:
    """A stretch that begins at a line, the line after it, and what else stands on its last."""
    line = lines[at].strip()
    for opening, closing in (("$$", "$$"), ("\\[", "\\]")):
        if line.startswith(opening):
            return _formula(lines, at, opening, closing)
    if match := _EQUATION.match(line):
        body, after, rest = _until(lines, at, f"\\end{{{match.group(1)}}}")
        return Stretch(StretchKind.FORMULA, body.strip()), after, rest
    if match := _TABULAR.match(line):
        body, after, rest = _until(lines, at, f"\\end{{{match.group(1)}}}")
        return Stretch(StretchKind.LATEX_TABLE, body.strip()), after, rest
    if _HTML_TABLE.match(line):
        return _html_table(lines, at)
    return None


def _formula(
    lines: list[str], at: int, opening: str, closing: str
) -> tuple[Stretch, int, str] | None:
    """A display formula that begins a line; None where that line is text after all."""
    first = lines[at].strip()[len(opening) :]
    if closing in first:
        body, _, rest = first.partition(closing)
        # “$$a$$ and $$b$$” is a sentence.
        if rest.strip(" .,;") or not body.strip():
            return None
        return Stretch(StretchKind.FORMULA, body.strip()), at + 1, ""
    for index in range(at + 1, len(lines)):
        if closing in lines[index]:
            last, _, rest = lines[index].partition(closing)
            body = "\n".join([first, *lines[at + 1 : index], last]).strip()
            return Stretch(StretchKind.FORMULA, body), index + 1, rest.strip(" .,;")
    return (
        Stretch(StretchKind.FORMULA, "\n".join([first, *lines[at + 1 :]]).strip()),
        len(lines),
        "",
    )


def _until(lines: list[str], at: int, end: str) -> tuple[str, int, str]:
    """The source through ``end``, the line after it, and what stands after it on its line."""
    for index in range(at, len(lines)):
        if end in lines[index]:
            last, _, rest = lines[index].partition(end)
            return "\n".join([*lines[at:index], last + end]), index + 1, rest.strip()
    return "\n".join(lines[at:]), len(lines), ""


def _html_table(lines: list[str], at: int) -> tuple[Stretch, int, str]:
    """An HTML table with those inside it."""
    depth = 0
    for index in range(at, len(lines)):
        starts = [(match.start(), 1) for match in _TABLE_START.finditer(lines[index])]
        ends = [(match.end(), -1) for match in _TABLE_END.finditer(lines[index])]
        for place, change in sorted(starts + ends):
            depth += change
            if depth == 0:
                last, rest = lines[index][:place], lines[index][place:]
                body = "\n".join([*lines[at:index], last]).strip()
                return Stretch(StretchKind.HTML_TABLE, body), index + 1, rest.strip()
    return Stretch(StretchKind.HTML_TABLE, "\n".join(lines[at:]).strip()), len(lines), ""
