"""Answers of GOT-OCR2 as blocks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind
from textlift.engines.got_ocr2.latex_answer import blocks_of_latex
from textlift.engines.vision_language.latex_tables import braced

PAGE = r"""\title{
General OCR Theory: \\ Towards \textbf{OCR-2.0}
}

\author{
A. Writer \({ }^{1, *}\), B. Other \\ \({ }^{1}\) Institute
}

\begin{abstract}
Costs rose by 5\% in \textit{Q1} \& later.
\end{abstract}

\section*{1 Introduction}

Where \(a_1 * b_2\) and $x \\ y$ stand in a line.
\[
E = mc^2 \tag{1}
\]
\begin{itemize}
\item First
\item[\(\bullet\)] Second,
which goes on
\begin{enumerate}
\item inner
\item more
\end{enumerate}
\end{itemize}
After the list.

\subsection*{1.1 Results {in} braces}
\begin{table}
\captionsetup{labelformat=empty}
\caption{Table 1: Costs}
\begin{tabular}{|c|c|}
\hline a & b \\
\hline \multicolumn{2}{|c|}{c} \\
\hline
\end{tabular}
\end{table}

\begin{figure}
\includegraphics[max width=\textwidth]{a.png}
\captionsetup{labelformat=empty}
\caption{Figure 2. A curve.}
\end{figure}

\footnotetext{
* Equal contribution
}
"""

TABLE = '<table><tr><td>a</td><td>b</td></tr><tr><td colspan="2">c</td></tr></table>'


def test_a_formatted_page_becomes_its_blocks() -> None:
    assert blocks_of_latex(PAGE) == (
        Block(BlockKind.HEADING, "General OCR Theory: Towards OCR-2.0", level=1),
        Block(
            BlockKind.TEXT,
            "A. Writer \\({ }^{1, *}\\), B. Other\n\\({ }^{1}\\) Institute",
        ),
        Block(BlockKind.TEXT, "Costs rose by 5% in Q1 & later."),
        Block(BlockKind.HEADING, "1 Introduction", level=2),
        Block(BlockKind.TEXT, "Where \\(a_1 * b_2\\) and $x \\\\ y$ stand in a line."),
        Block(BlockKind.FORMULA, "E = mc^2 \\tag{1}"),
        Block(BlockKind.LIST_ITEM, "- First", level=1),
        Block(BlockKind.LIST_ITEM, "- Second,\nwhich goes on", level=1),
        Block(BlockKind.LIST_ITEM, "1. inner", level=2),
        Block(BlockKind.LIST_ITEM, "2. more", level=2),
        Block(BlockKind.TEXT, "After the list."),
        Block(BlockKind.HEADING, "1.1 Results {in} braces", level=3),
        Block(BlockKind.CAPTION, "Table 1: Costs"),
        Block(BlockKind.TABLE, TABLE),
        Block(BlockKind.PICTURE, ""),
        Block(BlockKind.CAPTION, "Figure 2. A curve."),
        Block(BlockKind.FOOTNOTE, "* Equal contribution"),
    )


def test_markdown_stays_markdown() -> None:
    assert blocks_of_latex("# Head\n\n- one\n- two\n\n$$\nx^2\n$$\n\nText") == (
        Block(BlockKind.HEADING, "Head", level=1),
        Block(BlockKind.LIST_ITEM, "- one", level=1),
        Block(BlockKind.LIST_ITEM, "- two", level=1),
        Block(BlockKind.FORMULA, "x^2"),
        Block(BlockKind.TEXT, "Text"),
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("\\title{\nBroken o", Block(BlockKind.HEADING, "Broken o", level=1)),
        ("\\section*{A {b", Block(BlockKind.HEADING, "A {b", level=2)),
        ("\\[\nx + ", Block(BlockKind.FORMULA, "x +")),
        ("\\begin{itemize}\n\\item half", Block(BlockKind.LIST_ITEM, "- half", level=1)),
        (
            "\\begin{tabular}{c}\na & b \\\\\nc",
            Block(
                BlockKind.TABLE,
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
        ),
    ],
)
def test_what_was_broken_off_keeps_its_kind(answer: str, expected: Block) -> None:
    assert blocks_of_latex(answer) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "Use \\title in the preamble",
        "a set {1, 2}",
        "\\unknown{words} go on",
        "the cost is \\(5\\) a piece",
    ],
)
def test_what_is_no_structure_stays_text(text: str) -> None:
    assert blocks_of_latex(text) == (Block(BlockKind.TEXT, text),)


def test_a_label_in_words_is_kept() -> None:
    answer = "\\begin{description}\n\\item[a)] first\n\\item[\\(\\star\\)] next\n\\end{description}"
    assert [block.text for block in blocks_of_latex(answer)] == ["- a) first", "- next"]


def test_a_formula_of_one_line_may_hold_any_brace() -> None:
    answer = "\\section*{The case \\(\\{a\\}\\)}\nText"
    assert blocks_of_latex(answer)[0].text == "The case \\(\\{a\\}\\)"


_PIECES = st.sampled_from(
    [
        "\\title{",
        "\\section*{",
        "\\author{",
        "\\caption{",
        "\\footnotetext{",
        "\\includegraphics[width=1]{",
        "\\begin{itemize}",
        "\\begin{enumerate}",
        "\\begin{tabular}{c}",
        "\\begin{table}",
        "\\begin{abstract}",
        "\\end{itemize}",
        "\\end{enumerate}",
        "\\end{tabular}",
        "\\item",
        "\\item[",
        "\\textbf{",
        "\\[",
        "\\]",
        "\\(",
        "\\)",
        "$$",
        "$",
        "{",
        "}",
        "]",
        "\\",
        "\\\\",
        "&",
        "#",
        "- ",
        "\n",
        "\n\n",
        " ",
        "word",
        "<table>",
        "é",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_answer_is_read_without_raising(answer: str) -> None:
    for block in blocks_of_latex(answer):
        assert block.text or block.kind is BlockKind.PICTURE


@given(st.lists(st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True), min_size=1, max_size=12))
def test_words_of_all_commands_are_kept(words: list[str]) -> None:
    frames = ("\\title{\n%s\n}", "%s", "\\section*{%s}", "\\author{%s}", "\\caption{\\textbf{%s}}")
    answer = "\n\n".join(
        frames[index % len(frames)] % f"word{word}" for index, word in enumerate(words)
    )
    found = re.findall(r"\w+", " ".join(block.text for block in blocks_of_latex(answer)))
    assert found == [f"word{word}" for word in words]


@given(st.text(alphabet="{}\\ab", max_size=20))
def test_braces_are_cut_in_two(text: str) -> None:
    inner, end = braced("{" + text, 0)
    assert ("{" + text)[1:end].startswith(inner)
    assert end <= len(text) + 1
