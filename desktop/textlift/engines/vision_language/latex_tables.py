"""Tables that a model wrote in LaTeX, as HTML."""

from __future__ import annotations

import html
import re

import msgspec

from textlift.content.tables import MAX_SPAN

_BODY = re.compile(
    r"\\begin\{(tabular[x*]?|longtable)\}(.*?)(?:\\end\{\1\}|\Z)",
    re.DOTALL,
)
_CAPTION = re.compile(r"\\caption\*?\s*\{")
_SETTING = re.compile(
    r"\\(?:begin|end)\{\w+\*?\}(?:\[[^\]\n]*\])?|\\(?:label|captionsetup|setlength|renewcommand|vspace|hspace)"
    r"\*?(?:\{[^{}\n]*\}){1,2}|\\(?:par|noindent|hfill|smallskip|medskip|bigskip|resizebox)\b"
)
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot)\b"
    r"|\\c(?:line|midrule)(?:\([^)]*\))?\s*\{[^}]*\}|\\addlinespace(?:\[[^\]]*\])?"
)
_ROW_SPACE = re.compile(r"\s*\[-?[\d.]+\s*(?:pt|em|ex|mm|cm|in)\]")
_STYLED = re.compile(
    r"\\(?:textbf|textit|textrm|textsf|texttt|emph|underline|text|makecell|shortstack|thead)\s*"
    r"(?:\[[^\]]*\])?\{([^{}]*)\}"
)
_SWITCH = re.compile(r"\\(?:bf|it|rm|sf|tt|bfseries|itshape|centering|small|footnotesize)\b\s*")
_ESCAPED = re.compile(r"\\([&%#_${}])")
_FORMULA = re.compile(r"(\$[^$]*\$|\\\(.*?\\\))", re.DOTALL)


class _Spanning(msgspec.Struct):
    text: str
    columns: int = 1
    rows: int = 1


def html_of_latex_table(source: str) -> str:
    """The table as HTML with the spans of its cells; empty when there is no tabular in it.

    Formulas in cells stay as they are, with their delimiters.
    """
    body = _BODY.search(source)
    if body is None:
        return ""
    content = _without_arguments(body.group(2), two=body.group(1) in {"tabularx", "tabular*"})
    rows = [[_cell(cell) for cell in row] for row in _rows(content)]
    _drop_covered(rows)
    lines = [f"<tr>{''.join(_td(cell) for cell in row)}</tr>" for row in rows]
    return "<table>" + "".join(lines) + "</table>" if lines else ""


def caption_of_latex_table(source: str) -> str:
    """What its caption says; empty when it has none."""
    found = _CAPTION.search(source)
    return _words(braced(source, found.end() - 1)[0]) if found else ""


def tables_and_words(source: str) -> tuple[list[str], str]:
    """The source of each table in a table environment, and the words beside them.

    The words of the caption are not among them.
    """
    around = _BODY.sub("\n", source)
    if found := _CAPTION.search(around):
        around = around[: found.start()] + around[braced(around, found.end() - 1)[1] :]
    words = (_words(line) for line in _SETTING.sub("", around).split("\n"))
    return [body.group() for body in _BODY.finditer(source)], "\n".join(filter(None, words))


def _without_arguments(content: str, *, two: bool) -> str:
    """What follows the arguments of the environment: position, width, columns."""
    for _ in range(2 if two else 1):
        content = content.lstrip()
        if content.startswith("["):
            content = content.partition("]")[2].lstrip()
        if content.startswith("{"):
            content = content[braced(content, 0)[1] :]
    return content


def braced(text: str, opening: int) -> tuple[str, int]:
    """What stands in the braces that open at ``opening``, and where the text goes on after them.

    Braces that are never closed reach to the end: the answer was broken off.
    """
    depth = 0
    at = opening
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return text[opening + 1 : at], at + 1
        at += 1
    return text[opening + 1 :], len(text)


def _rows(content: str) -> list[list[str]]:
    """The cells' source by rows, cut at signs that stand outside braces and environments."""
    rows: list[list[str]] = [[""]]
    depth = 0
    at = 0
    while at < len(content):
        piece = content[at : at + 2] if content[at] == "\\" else content[at]
        if content.startswith(("\\begin{", "\\left"), at):
            depth += 1
        elif content.startswith(("\\end{", "\\right"), at):
            depth -= 1
        at += len(piece)
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth -= 1
        if depth <= 0 and piece == "&":
            rows[-1].append("")
        elif depth <= 0 and piece == "\\\\":
            rows.append([""])
            space = _ROW_SPACE.match(content, at)
            at = space.end() if space else at
        else:
            rows[-1][-1] += piece
    for row in rows:
        row[0] = _RULES.sub("", row[0])
    return [row for row in rows if len(row) > 1 or row[0].strip()]


def _cell(source: str) -> _Spanning:
    cell = _Spanning(source.strip())
    for command, arguments in (("\\multicolumn", 3), ("\\multirow", 3)):
        at = cell.text.find(command)
        if at < 0:
            continue
        groups = []
        end = at + len(command)
        for _ in range(arguments):
            opening = cell.text.find("{", end)
            # “\multirow{2}*{text}”: the width is a sign without braces.
            if opening < 0:
                break
            if command == "\\multirow" and cell.text[end:opening].strip().startswith("*"):
                groups.append("*")
            inner, end = braced(cell.text, opening)
            groups.append(inner)
            if len(groups) >= arguments:
                break
        if not groups:
            continue
        span = min(max(int(groups[0]), 1), MAX_SPAN) if groups[0].strip().isdecimal() else 1
        if command == "\\multicolumn":
            cell.columns = span
        else:
            cell.rows = span
        cell.text = (cell.text[:at] + groups[-1] + cell.text[end:]).strip()
    cell.text = _words(cell.text)
    return cell


def _words(source: str) -> str:
    """The words of a cell; its formulas untouched."""
    parts = _FORMULA.split(source)
    for index in range(0, len(parts), 2):
        part = parts[index].replace("\\\\", " ").replace("~", " ")
        part = _SWITCH.sub("", part)
        while (simpler := _STYLED.sub(r"\1", part)) != part:
            part = simpler
        parts[index] = _ESCAPED.sub(r"\1", part)
    return " ".join("".join(parts).split())


def _drop_covered(rows: list[list[_Spanning]]) -> None:
    """LaTeX leaves an empty cell under one that spans rows; HTML has none there."""
    covered: dict[int, int] = {}
    for index, row in enumerate(rows):
        column = 0
        kept = []
        for cell in row:
            if covered.get(column, 0) > index and not cell.text:
                column += cell.columns
                continue
            kept.append(cell)
            if cell.rows > 1:
                for spanned in range(column, column + cell.columns):
                    covered[spanned] = index + cell.rows
            column += cell.columns
        rows[index] = kept


def _td(cell: _Spanning) -> str:
    spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return f"<td{spans}>{html.escape(cell.text, quote=False)}</td>"
