"""DocTags become blocks, however well they are formed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.engines.granite_docling.doctags import blocks_of_doctags, is_doctags

_PAGE = """<doctag><page_header><loc_159><loc_59><loc_366><loc_64>Optimized Tables</page_header>
<title><loc_100><loc_70><loc_400><loc_80>A Title</title>
<section_header_level_1><loc_41><loc_100><loc_150><loc_108>5.1 Results</section_header_level_1>
<text><loc_41><loc_110><loc_459><loc_145>We have chosen a set of sizes.</text>
<otsl><loc_51><loc_190><loc_444><loc_320><caption><loc_41><loc_148><loc_459><loc_180>Table 1. \
Sizes.</caption><ched># layers<lcel><ched>TEDs<nl><fcel>6<fcel>6<fcel>0.965<nl></otsl>
<unordered_list><list_item><loc_50><loc_330><loc_300><loc_338>first</list_item>
<list_item><loc_50><loc_340><loc_300><loc_348>second<unordered_list><list_item>inner</list_item>
</unordered_list></list_item></unordered_list>
<ordered_list><list_item>one</list_item><list_item>2. two</list_item></ordered_list>
<formula><loc_60><loc_350><loc_300><loc_358>E = mc^{2}</formula>
<code><loc_60><loc_360><loc_300><loc_400><_Python_>print("a < b")</code>
<picture><loc_40><loc_402><loc_200><loc_450><bar_chart><caption>Figure 1.</caption></picture>
<checkbox_selected><loc_10><loc_452><loc_60><loc_456>Yes</checkbox_selected>
<inline><text>where</text><formula>x</formula><text>is small</text></inline>
<footnote>1 A note.</footnote><page_footer>12</page_footer>
</doctag>"""


_TABLE = (
    '<table><tr><th colspan="2"># layers</th><th>TEDs</th></tr>'
    "<tr><td>6</td><td>6</td><td>0.965</td></tr></table>"
)


def _found(blocks: tuple[Block, ...]) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.level) for block in blocks]


def test_a_page() -> None:
    assert _found(blocks_of_doctags(_PAGE, width=1000, height=2000)) == [
        ("page-header", "Optimized Tables", 0),
        ("heading", "A Title", 1),
        ("heading", "5.1 Results", 2),
        ("text", "We have chosen a set of sizes.", 0),
        ("caption", "Table 1. Sizes.", 0),
        (
            "table",
            _TABLE,
            0,
        ),
        ("list-item", "first", 1),
        ("list-item", "second", 1),
        ("list-item", "inner", 2),
        ("list-item", "1. one", 1),
        ("list-item", "2. two", 1),
        ("formula", "E = mc^{2}", 0),
        ("code", 'print("a < b")', 0),
        ("picture", "", 0),
        ("caption", "Figure 1.", 0),
        ("text", "☒ Yes", 0),
        ("text", "where $x$ is small", 0),
        ("footnote", "1 A note.", 0),
        ("page-footer", "12", 0),
    ]


def test_places_are_scaled_to_the_page() -> None:
    blocks = blocks_of_doctags(_PAGE, width=1000, height=2000)

    assert blocks[0].box == Box(318, 236, 732, 256)
    assert blocks[4].box == Box(82, 592, 918, 720)  # the caption, not the table around it
    assert blocks[5].box == Box(102, 760, 888, 1280)
    assert blocks[8].box is None


def test_a_chart_is_a_table() -> None:
    (block,) = blocks_of_doctags(
        "<chart><loc_0><loc_0><loc_500><loc_500><pie_chart><ched>x<ched>y<nl>"
        "<fcel>1<fcel>2<nl></chart>",
        width=100,
        height=100,
    )

    assert block.kind is BlockKind.TABLE
    assert block.box == Box(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<text><loc_1><loc_2><loc_3", [("text", "<loc_3", 0)]),
        ("<text>a</text></text><text>b</section>", [("text", "a", 0), ("text", "b", 0)]),
        ("<text>if x <y> z", [("text", "if x <y> z", 0)]),
        ("words alone", [("text", "words alone", 0)]),
        ("<otsl>no cells</otsl>", [("text", "no cells", 0)]),
        ("<unordered_list><text>a</text></unordered_list>", [("text", "a", 0)]),
        ("", []),
    ],
)
def test_what_is_not_well_formed_is_kept(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert _found(blocks_of_doctags(text, width=10, height=10)) == expected


def test_a_place_with_turned_corners_is_still_a_box() -> None:
    (block,) = blocks_of_doctags(
        "<text><loc_400><loc_90><loc_100><loc_80>a</text>", width=500, height=500
    )

    assert block.box == Box(100, 80, 400, 90)


def test_plain_prose_is_not_doctags() -> None:
    assert is_doctags(_PAGE)
    assert not is_doctags("The page says <b>nothing</b> of the kind.")


_WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1).map(str.strip)
_ELEMENTS = st.tuples(
    st.sampled_from(["text", "caption", "footnote", "page_header", "formula", "paragraph"]),
    st.lists(st.integers(0, 500), min_size=4, max_size=4),
    _WORDS.filter(bool),
)


@given(st.lists(_ELEMENTS, max_size=8))
def test_every_element_comes_back(elements: list[tuple[str, list[int], str]]) -> None:
    text = "".join(
        f"<{name}>" + "".join(f"<loc_{place}>" for place in places) + f"{words}</{name}>"
        for name, places, words in elements
    )

    blocks = blocks_of_doctags(f"<doctag>{text}</doctag>", width=500, height=500)

    assert [block.text for block in blocks] == [words for _, _, words in elements]
    for block, (_, places, _) in zip(blocks, elements, strict=True):
        x0, x1 = sorted(places[::2])
        y0, y1 = sorted(places[1::2])
        assert block.box == Box(x0, y0, x1, y1)


_PARTS = st.sampled_from(
    [
        *("<doctag>", "</doctag>", "<text>", "</text>", "<otsl>", "</otsl>", "<fcel>", "<lcel>"),
        *(
            "<ucel>",
            "<xcel>",
            "<nl>",
            "<loc_12>",
            "<loc_999>",
            "<picture>",
            "</picture>",
            "<other>",
        ),
        *("<unordered_list>", "</ordered_list>", "<list_item>", "</list_item>", "<inline>"),
        *(
            "</inline>",
            "<other>",
            "<_C++_>",
            "<code>",
            "word",
            " ",
            "\n",
            "<",
            ">",
            "</",
            "<caption>",
        ),
    ]
)


@given(st.lists(_PARTS, max_size=40))
@example(["<inline>", "<doctag>", "<doctag>", "word"])
@example(["<picture>", "word", "<fcel>"])
@example(["<otsl>", "<fcel>", "<lcel>", "word", "<nl>", "word"])
def test_no_answer_is_too_damaged_and_no_word_is_lost(parts: list[str]) -> None:
    blocks = blocks_of_doctags("".join(parts), width=300, height=400)

    words = sum(part == "word" for part in parts)
    assert sum(block.text.count("word") for block in blocks) == words
    for block in blocks:
        if block.box is not None:
            assert 0 <= block.box.x0 <= block.box.x1 <= 300
            assert 0 <= block.box.y0 <= block.box.y1 <= 400


@given(st.integers(0, len(_PAGE)))
def test_an_answer_broken_off_anywhere_is_read_to_there(end: int) -> None:
    whole = blocks_of_doctags(_PAGE, width=1000, height=2000)

    part = blocks_of_doctags(_PAGE[:end], width=1000, height=2000)

    # All but what was being written is as in the whole page.
    assert _found(part)[:-2] == _found(whole)[: max(len(part) - 2, 0)]


@pytest.mark.parametrize("begun", ["<text>", "<ordered_list><list_item>", "<otsl>", "<inline>"])
def test_elements_that_are_begun_without_end_are_followed(begun: str) -> None:
    blocks = blocks_of_doctags(f"<doctag>{begun * 5000}words", width=500, height=500)
    assert any("words" in block.text for block in blocks)
