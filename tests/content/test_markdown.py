"""The Markdown of a page: structure, joined lines, and text that cannot become markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.markdown import blocks_markdown, page_markdown
from textlift.content.markdown_text import escape_inline, escape_line, html_comment
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.content.reading import PageReading
from textlift.content.running_text import joined, running_lines
from textlift.content.tables import table_markdown

renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def block(text: str, kind: BlockKind = BlockKind.TEXT, **fields: object) -> Block:
    return Block(kind=kind, text=text, **fields)


def placed(*rows: tuple[str, float]) -> Block:
    """A block whose lines begin at 0 and end at the x given, 10 pixels a character or so."""
    lines = tuple(
        Line(text=text, box=Box(0, 20 * index, x1, 20 * index + 15))
        for index, (text, x1) in enumerate(rows)
    )
    return Block(kind=BlockKind.TEXT, text="\n".join(text for text, _ in rows), lines=lines)


def inline_types(markdown: str) -> set[str]:
    return {child.type for token in renderer.parse(markdown) for child in token.children or []}


def shown_text(markdown: str) -> str:
    tokens: list[Token] = renderer.parse(markdown)
    return "\n".join(
        "".join(
            "\n" if child.type in {"hardbreak", "softbreak"} else child.content
            for child in token.children or []
        )
        for token in tokens
        if token.type == "inline"
    )


def test_paragraph_lines_are_joined_and_blocks_kept_apart():
    markdown = blocks_markdown([block("one\ntwo"), block("three")])
    assert markdown == "one two\n\nthree"


def test_hyphenated_word_is_put_together():
    assert blocks_markdown([block("the recog-\nnition of")]) == "the recognition of"
    assert blocks_markdown([block("распозна-\nвание")]) == "распознавание"


def test_hyphen_stays_where_it_may_belong_to_the_word():
    assert joined("mother-in-", "law") == "mother-in-law"
    assert joined("the North-", "West") == "the North- West"
    assert joined("pages 10-", "12") == "pages 10- 12"
    assert joined("a well-", "known man", page_text="It is well-known.") == "a well-known man"
    assert joined("soft\u00ad", "Hyphen") == "softHyphen"


def test_chinese_lines_are_joined_without_a_space_and_korean_with_one():
    assert joined("这是第一", "行的文字") == "这是第一行的文字"
    assert joined("한국어", "문장") == "한국어 문장"
    assert joined("中文", "English") == "中文 English"


def test_a_break_with_room_for_the_next_word_is_the_authors():
    address = placed(("John Smith", 100), ("12 Long Street Road", 190), ("London", 60))
    assert running_lines(address.lines) == ("John Smith", "12 Long Street Road", "London")
    assert blocks_markdown([address]) == "John Smith\\\n12 Long Street Road\\\nLondon"


def test_a_full_line_is_joined_although_ragged():
    ragged = placed(("a paragraph of text that", 240), ("continues here to the end", 250))
    assert running_lines(ragged.lines) == ("a paragraph of text that continues here to the end",)


def test_headings_lists_code_and_formulas():
    markdown = blocks_markdown(
        [
            block("Results #", BlockKind.HEADING, level=2),
            block("• first", BlockKind.LIST_ITEM, level=1),
            block("– nested\nitem", BlockKind.LIST_ITEM, level=2),
            block("7) seventh", BlockKind.LIST_ITEM, level=1),
            block("a ```` b", BlockKind.CODE),
            block("$$a < b\n\nc$$", BlockKind.FORMULA),
            block("", BlockKind.PICTURE),
        ]
    )
    assert markdown == (
        "## Results \\#\n\n- first\n    - nested item\n7. seventh\n\n"
        "`````\na ```` b\n`````\n\n$$\na \\lt  b\nc\n$$\n\n\\[Picture\\]"
    )


def test_a_list_that_starts_deep_is_no_code_block():
    markdown = blocks_markdown([block("• deep", BlockKind.LIST_ITEM, level=3)])
    assert markdown == "- deep"


def test_tables_from_every_notation():
    expected = "| a | b\\|c |\n| --- | --- |\n| 1 |  |"
    html = "<table><tr><th>a</th><td>b|c</td></tr><tr><td>1</td></tr></table>"
    assert table_markdown(html) == expected
    assert table_markdown("| a | b\\|c |\n|---|:-:|\n| 1 |  |") == expected
    assert table_markdown("a\tb|c\n1\t") == expected
    assert table_markdown("no table") == ""


def test_table_with_spans_is_clean_html():
    html = (
        '<table onclick="x()"><tr><td colspan="2" style="x">a<script>alert(1)</script></td></tr>'
        '<tr><td rowspan="999999999">&lt;b&gt;</td></tr></table>'
    )
    assert table_markdown(html) == (
        '<table>\n<tr><td colspan="2">aalert(1)</td></tr>\n'
        '<tr><td rowspan="1000">&lt;b&gt;</td></tr>\n</table>'
    )


def test_a_table_block_without_cells_keeps_its_lines():
    assert blocks_markdown([block("a 1\nb 2", BlockKind.TABLE)]) == "a 1\\\nb 2"


def test_edit_wins_and_keeps_the_kind_of_its_block():
    reading = PageReading(
        blocks=(block("Titel", BlockKind.HEADING, level=1), block("old text\nmore")),
        read_by="scripted",
    )
    edit = PageEdit(
        lines=(
            EditedLine("Title", 0),
            EditedLine(""),
            EditedLine("new text", 1),
            EditedLine("more", 2),
            EditedLine(""),
            EditedLine("added"),
        )
    )
    page = PageRecord(number=1, state=PageState.DONE, reading=reading, edit=edit)
    assert page_markdown(page) == "# Title\n\nnew text more\n\nadded"


def test_a_page_without_text_is_empty():
    assert page_markdown(PageRecord(number=1)) == ""


def test_known_markup_is_escaped():
    for text in (
        "# no heading", "- no item", "+ no", "12. no", "3) no", "> no quote", "---", "===",
        "* * *", "`code`", "**bold**", "_a_ b", "[a](b)", "![a](b)", "<b>x</b>", "&amp;",
        "~~~", "~~x~~", "a | b", "| a |", "$x$ y", "\\*", "<!-- x -->", "&#65;", "[^1]: x",
        "<https://a.example>", "    indented", "| --- |", ":-- | --:",
    ):  # fmt: skip
        markdown = blocks_markdown([block(text)])
        assert [token.type for token in renderer.parse(markdown)] == [
            "paragraph_open",
            "inline",
            "paragraph_close",
        ], text
        assert inline_types(markdown) == {"text"} or inline_types(markdown) <= {
            "text",
            "text_special",
        }, text
        assert shown_text(markdown) == text.strip()


def test_plain_words_are_left_as_they_are():
    text = "Order no. 15: snake_case, $5, 3 < 4? No & yes - 1.5 (see p. 3)!"
    assert escape_line(text) == text.replace("<", "&lt;")


words = st.text(
    alphabet=st.sampled_from(list("ab1 *_`[]()<>#+-=~|$&;:!\\/.>%^{}\"'\tж中")), max_size=40
)


@given(st.lists(words, min_size=1, max_size=4))
def test_no_text_becomes_markup(lines: list[str]):
    text = "\n".join(lines)
    markdown = blocks_markdown(
        [Block(kind=BlockKind.TABLE, text=text.replace("\t", " ").replace("|", "!"))]
    )
    tokens = renderer.parse(markdown)
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert inline_types(markdown) <= {"text", "text_special", "hardbreak", "softbreak"}


@given(words)
def test_an_inline_text_is_shown_as_it_is(text: str):
    # After a word, so that the beginning of the line is not its own.
    markdown = "x" + escape_inline(text)
    assert shown_text(markdown) == ("x" + text.replace("\t", " ")).rstrip(" ")


@given(st.text(max_size=60))
def test_a_comment_ends_where_it_ends(text: str):
    tokens = renderer.parse(html_comment("page 1: " + text))
    assert [token.type for token in tokens] == ["html_block"]
    assert html_comment("page 1: " + text).count("-->") == 1
