"""QwenVL HTML as blocks with places."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.tables import table_markdown
from textlift.engines.qwen_vl.html_view import HtmlView
from textlift.engines.qwen_vl.layout_html import layout_of_html
from textlift.engines.qwen_vl.places import Measure

SAME = Measure(unit=(1000, 1000), page=(1000, 1000))

PAGE = """```html
<html><body>
<h1 data-bbox="10 10 400 40">Annual <b>Report</b></h1>
<p data-bbox="10 50 400 90">First line
second &amp; last, a &lt; b</p>
<ol data-bbox="10 100 400 160">
<li data-bbox="20 100 400 120">one</li>
<li data-bbox="20 120 400 140">two<ul><li>inner</li></ul></li>
</ol>
<style>table1 td {border: 1px}</style>
<table data-bbox="10 200 400 300" class="table1"><tr><th colspan="2">Head</th></tr>
<tr><td>a<br/>b</td><td>c &lt; d</td></tr></table>
<div class="formula" data-bbox="10 310 400 340"><img data-bbox="10 310 400 340"/><div>$$E = mc^2$$</div></div>
<div class="image caption" data-bbox="10 350 400 500"><img data-bbox="10 350 400 500"/><p>A cat</p></div>
<div class="image" data-bbox="10 510 400 600"></div>
<div class="chart" data-bbox="10 610 400 700"><img data-bbox="10 610 400 700"/><table><tr><td>1</td></tr></table></div>
<div class="chemical formula" format="smile" data-bbox="1 2 3 4"><img data-bbox="1 2 3 4"/><div>CC(=O)O</div></div>
<p class="footnote" data-bbox="10 710 400 730">1 See there.</p>
<div class="footer" data-bbox="10 980 400 1000">7</div>
</body></html>
```"""  # noqa: E501


def test_each_element_becomes_a_block_where_it_lies() -> None:
    answer = layout_of_html(PAGE, SAME)
    table = (
        '<table><tr><th colspan="2">Head</th></tr>\n'
        "<tr><td>a<br>b</td><td>c &lt; d</td></tr></table>"
    )
    assert answer.blocks == (
        Block(BlockKind.HEADING, "Annual Report", Box(10, 10, 400, 40), level=1),
        Block(BlockKind.TEXT, "First line\nsecond & last, a < b", Box(10, 50, 400, 90)),
        Block(BlockKind.LIST_ITEM, "1. one", Box(20, 100, 400, 120), level=1),
        Block(BlockKind.LIST_ITEM, "2. two", Box(20, 120, 400, 140), level=1),
        Block(BlockKind.LIST_ITEM, "- inner", level=2),
        Block(BlockKind.TABLE, table, Box(10, 200, 400, 300)),
        Block(BlockKind.FORMULA, "E = mc^2", Box(10, 310, 400, 340)),
        Block(BlockKind.PICTURE, "A cat", Box(10, 350, 400, 500)),
        Block(BlockKind.PICTURE, "", Box(10, 510, 400, 600)),
        Block(BlockKind.PICTURE, "", Box(10, 610, 400, 700)),
        Block(BlockKind.TABLE, "<table><tr><td>1</td></tr></table>", Box(10, 610, 400, 700)),
        Block(BlockKind.CODE, "CC(=O)O", Box(1, 2, 3, 4)),
        Block(BlockKind.FOOTNOTE, "1 See there.", Box(10, 710, 400, 730)),
        Block(BlockKind.PAGE_FOOTER, "7", Box(10, 980, 400, 1000)),
    )
    assert answer.repairs == ()
    assert answer.unparsed == ""
    assert table_markdown(answer.blocks[5].text) == (
        '<table>\n<tr><th colspan="2">Head</th></tr>\n'
        "<tr><td>a b</td><td>c &lt; d</td></tr>\n</table>"
    )


def test_pixels_that_were_seen_become_pixels_of_the_page() -> None:
    source = '<p data-bbox="28 56 280 112">x</p>'
    answer = layout_of_html(source, Measure(unit=(280, 560), page=(1000, 1000)))
    assert answer.blocks[0].box == Box(100, 100, 1000, 200)


def test_thousandths_become_pixels_of_the_page() -> None:
    source = '<p data-bbox="100,500,900,1000">x</p>'
    answer = layout_of_html(source, Measure(unit=(1000, 1000), page=(600, 800)))
    assert answer.blocks[0].box == Box(60, 400, 540, 800)


def test_places_off_the_page_are_cut_and_wrong_ones_left_out() -> None:
    source = (
        '<p data-bbox="-5 10 2000 20">cut</p><p data-bbox="10 20">two</p>'
        '<p data-bbox="40 10 20 5">turned</p><p data-bbox="5 5 5 9">flat</p>'
        '<p data-bbox="1100 5 1200 9">off</p>'
    )
    answer = layout_of_html(source, SAME)
    assert [(block.text, block.box) for block in answer.blocks] == [
        ("cut", Box(0, 10, 1000, 20)),
        ("two", None),
        ("turned", Box(20, 5, 40, 10)),
        ("flat", None),
        ("off", None),
    ]
    assert answer.repairs == ("2 places could not be understood and were left out.",)


def test_what_is_not_closed_ends_where_the_next_begins() -> None:
    source = '<p data-bbox="1 1 9 2">one<p data-bbox="1 2 9 3">two<h2>three</h2>loose<ul><li>a<li>b'
    texts = [(block.kind, block.text) for block in layout_of_html(source, SAME).blocks]
    assert texts == [
        (BlockKind.TEXT, "one"),
        (BlockKind.TEXT, "two"),
        (BlockKind.HEADING, "three"),
        (BlockKind.TEXT, "loose"),
        (BlockKind.LIST_ITEM, "- a"),
        (BlockKind.LIST_ITEM, "- b"),
    ]


def test_an_answer_that_broke_off_keeps_what_is_there() -> None:
    answer = layout_of_html(PAGE[: PAGE.index("c &lt; d")], SAME)
    assert answer.blocks[-1].kind is BlockKind.TABLE
    assert "a<br>b" in answer.blocks[-1].text
    assert "| a b |" in table_markdown(answer.blocks[-1].text.replace(' colspan="2"', ""))
    assert answer.repairs == ("The last table was not finished.",)


def test_text_that_looks_like_a_tag_stays_text() -> None:
    answer = layout_of_html("<p>x <y and z> a <5</p>", SAME)
    assert answer.blocks[0].text == "x <y and z> a <5"


def test_an_answer_without_tags_is_said_to_be_none() -> None:
    answer = layout_of_html("# Title\n\nJust text", SAME)
    assert [block.text for block in answer.blocks] == ["Title", "Just text"]
    assert "not the HTML" in answer.unparsed
    assert layout_of_html("  ", SAME).blocks == ()
    assert layout_of_html("  ", SAME).unparsed == ""


def test_a_picture_among_words_is_a_block_of_its_own() -> None:
    source = '<p data-bbox="1 1 9 9">see <img data-bbox="2 2 3 3" alt="it"/> here<hr/></p>'
    assert layout_of_html(source, SAME).blocks == (
        Block(BlockKind.TEXT, "see here", Box(1, 1, 9, 9)),
        Block(BlockKind.PICTURE, "it", Box(2, 2, 3, 3)),
    )


def test_the_wrapper_of_a_page_is_no_block() -> None:
    answer = layout_of_html("<div><div><p>one</p><p>two</p></div></div>", SAME)
    assert [block.text for block in answer.blocks] == ["one", "two"]


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="<>&\r"), max_size=20)
TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<div class='formula' data-bbox='1 2 3 4'>", "</div>", "<table>"),
        *("</table>", "<tr>", "<td colspan=99999999999>", "</td>", "<li>", "<ol>", "</ol>"),
        *("<img/>", "<img data-bbox='1 1 5 5'/>", "<style>", "</style>", "<h3>", "</h1>"),
        *("```html", "```", "<!-- x", "-->", "<![CDATA[", "&amp;", "&#0;", "<", "<p data-bbox='"),
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(WORDS, TAGS), max_size=25).map("".join))
def test_any_answer_is_read_without_raising(source: str) -> None:
    for block in layout_of_html(source, SAME).blocks:
        assert block.text or block.kind is BlockKind.PICTURE
        if block.box is not None:
            assert 0 <= block.box.x0 < block.box.x1 <= 1000
            assert 0 <= block.box.y0 < block.box.y1 <= 1000


@settings(deadline=None)
@given(st.lists(st.text("abc 1é", min_size=1, max_size=9).filter(str.strip), max_size=6))
def test_no_word_is_lost(texts: list[str]) -> None:
    source = "".join(f'<p data-bbox="1 {i} 9 {i + 1}">{text}</p>' for i, text in enumerate(texts))
    blocks = layout_of_html(source, SAME).blocks
    assert [block.text.split() for block in blocks] == [text.split() for text in texts]


@settings(deadline=None)
@given(st.integers(1, 40))
def test_the_view_shows_words_and_outlines_however_the_answer_comes(step: int) -> None:
    view = HtmlView(SAME)
    text = ""
    lines = []
    for at in range(0, len(PAGE), step):
        piece = view.add(PAGE[at : at + step])
        text += piece.text
        lines.extend(piece.lines)
    assert text == (
        "Annual Report\n\nFirst line\nsecond & last, a < b\n\none\n\ntwo\n\ninner\n\n"
        "Head\na\nb\tc < d\n\n$$E = mc^2$$\n\nA cat\n\n1\n\nCC(=O)O\n\n1 See there.\n\n7"
    )
    assert lines[0].box == Box(10, 10, 400, 40)
    assert {line.text for line in lines} == {""}
    assert len(lines) == PAGE.count("data-bbox")


def test_what_begins_like_a_section_of_xml_is_text() -> None:
    source = "<p data-bbox='1 2 3 4'>a <![b c] d</p>"
    assert layout_of_html(source, SAME).blocks == (
        Block(BlockKind.TEXT, "a <![b c] d", Box(1, 2, 3, 4)),
    )
    view = HtmlView(SAME)
    assert "".join(view.add(character).text for character in source) == "a <![b c] d"
