"""Tables in OTSL become HTML."""

from __future__ import annotations

import pytest

from textlift.engines.vision_language.otsl import has_otsl, html_of_otsl


def test_a_plain_table() -> None:
    text = "<ched>Name<ched>Born<nl><rhed>Ada<fcel>1815<nl><fcel>Alan<ecel><nl>"

    assert html_of_otsl(text) == (
        "<table><tr><th>Name</th><th>Born</th></tr>"
        "<tr><th>Ada</th><td>1815</td></tr>"
        "<tr><td>Alan</td><td></td></tr></table>"
    )


def test_cells_that_span_rows_and_columns() -> None:
    text = "<fcel>A<lcel><fcel>B<nl><ucel><xcel><fcel>C<nl><fcel>D<lcel><lcel><nl>"

    assert html_of_otsl(text) == (
        '<table><tr><td colspan="2" rowspan="2">A</td><td>B</td></tr>'
        "<tr><td>C</td></tr>"
        '<tr><td colspan="3">D</td></tr></table>'
    )


def test_letters_that_mean_something_in_html_stay_text() -> None:
    assert "<td>a &lt; b &amp; c</td>" in html_of_otsl("<fcel>a < b & c<nl>")


def test_a_table_broken_off_keeps_what_is_there() -> None:
    assert html_of_otsl("<fcel>1<fcel>2<nl><fcel>3") == (
        "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td></td></tr></table>"
    )


@pytest.mark.parametrize("kind", ["lcel", "ucel", "xcel"])
def test_nothing_is_lost_at_an_edge_where_there_is_no_neighbour(kind: str) -> None:
    assert "lonely" in html_of_otsl(f"<{kind}>lonely<nl>")


def test_text_without_cells_is_no_table() -> None:
    assert not has_otsl("plain <b>text</b>")
    assert html_of_otsl("plain <b>text</b>") == ""


def test_a_model_that_loops_over_cells_and_rows_costs_no_minutes():
    """Filled up to a rectangle, these few characters would be nine million cells."""
    source = "<fcel>first" + "<fcel>" * 3000 + "<nl><fcel>row" * 3000 + "<nl><fcel>last<lcel><nl>"
    table = html_of_otsl(source)
    assert table.startswith("<table><tr><td>first</td>")
    assert table.endswith('<tr><td colspan="2">last</td></tr></table>')
    assert len(table) < 200_000


def test_a_row_without_a_cell_below_ends_a_span():
    table = html_of_otsl("<fcel>a<fcel>b<nl><ucel><nl>" + "<fcel><nl>" * 20_000)
    assert table.startswith('<table><tr><td rowspan="2">a</td><td>b</td></tr><tr></tr>')
