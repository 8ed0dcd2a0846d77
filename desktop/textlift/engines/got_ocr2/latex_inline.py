"""LaTeX inside a line of text, as Markdown."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"(\$[^$\n]*\$|\\\(.*?\\\)|\\\[.*?\\\])", re.DOTALL)
_STYLED = re.compile(
    r"\\(?:textbf|textit|textrm|textsf|texttt|textsc|text|emph|underline|uline|mbox)"
    r"[ \t]*\{([^{}]*)\}"
)
_SWITCH = re.compile(
    r"\\(?:bf|bfseries|it|itshape|rm|sf|tt|em|sc|tiny|scriptsize|footnotesize|small|normalsize"
    r"|large|Large|LARGE|huge|noindent|indent)(?![A-Za-z])[ \t]*"
)
_SPACE = re.compile(r"\\(?:quad|qquad|hspace\*?\{[^}\n]*\}|hfill)(?![A-Za-z])|\\[ ,;]")
_LINE_BREAK = re.compile(r"[ \t]*(?:\\\\|\\newline(?![A-Za-z]))(?:\[[^\]\n]*\])?[ \t]*\n?")


def inline_markdown(source: str) -> str:
    """Text with LaTeX's ways to set words in bold and break lines, as Markdown; formulas as is."""
    parts = _FORMULA.split(source)
    for index in range(0, len(parts), 2):
        parts[index] = _words(parts[index])
    return "".join(parts)


def _words(source: str) -> str:
    text = _SWITCH.sub("", source)
    while (simpler := _STYLED.sub(r"\1", text)) != text:
        text = simpler
    return _SPACE.sub(" ", _LINE_BREAK.sub("\n", text))
