"""Tables in LaTeX as HTML."""

from __future__ import annotations

import pytest

from textlift.content.tables import table_rows
from textlift.engines.vision_language.latex_tables import (
    caption_of_latex_table,
    html_of_latex_table,
)

TABLE = r"""\begin{table}[h]
\caption{The \textbf{costs} of $x_1$}
\begin{tabular}{|l|c|r|}
\hline
\multirow{2}{*}{Item} & \multicolumn{2}{c|}{Cost \& tax} \\ \cline{2-3}
 & net & $\frac{a}{b}$ \\[2pt]
\hline
\textbf{Sum} & 5\% & {a & b} \\
\bottomrule
\end{tabular}
\end{table}"""


def test_spans_rules_and_styles() -> None:
    assert html_of_latex_table(TABLE) == (
        '<table><tr><td rowspan="2">Item</td><td colspan="2">Cost &amp; tax</td></tr>'
        "<tr><td>net</td><td>$\\frac{a}{b}$</td></tr>"
        "<tr><td>Sum</td><td>5%</td><td>{a &amp; b}</td></tr></table>"
    )
    assert caption_of_latex_table(TABLE) == "The costs of $x_1$"


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (r"\begin{tabular}{c} a & b \\ c", [["a", "b"], ["c"]]),
        (r"\begin{tabularx}{\textwidth}{XX} a & b \end{tabularx}", [["a", "b"]]),
        (r"\begin{tabular}{c}\toprule a \\ \midrule\addlinespace b \end{tabular}", [["a"], ["b"]]),
        (r"\begin{tabular}{cc} & b \\ c & \\ \end{tabular}", [["", "b"], ["c", ""]]),
        (r"\begin{tabular}{c} \makecell{a \\ b} & c \end{tabular}", [["a b", "c"]]),
        (r"\begin{tabular}{c} $\left[a&b\right]$ & \end{tabular}", [[r"$\left[a&b\right]$", ""]]),
        (r"\begin{tabular}{c} \multirow{2}*{x} & y \end{tabular}", [["x", "y"]]),
    ],
)  # fmt: skip
def test_cells(source: str, cells: list[list[str]]) -> None:
    rows = table_rows(html_of_latex_table(source))
    assert [[cell.text for cell in row] for row in rows] == cells


def test_what_is_no_table_is_empty() -> None:
    assert html_of_latex_table("no table") == ""
    assert html_of_latex_table(r"\begin{tabular}{c}\end{tabular}") == ""
    assert caption_of_latex_table("none") == ""
