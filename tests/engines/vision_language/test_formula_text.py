"""Formulas lose the signs around them, and nothing else."""

from __future__ import annotations

import pytest

from textlift.engines.vision_language.formula_text import without_delimiters


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("$$ x^2 $$", "x^2"),
        ("\\[\nx\n\\]", "x"),
        ("\\(x\\)", "x"),
        ("$x$", "x"),
        (" x + y\n", "x + y"),
        ("$a$ and $b$", "$a$ and $b$"),
        ("\\[a\\] \\[b\\]", "\\[a\\] \\[b\\]"),
        ("$$", "$$"),
        ("$", "$"),
        ("", ""),
    ],
)
def test_signs_around_one_formula(text: str, latex: str) -> None:
    assert without_delimiters(text) == latex
