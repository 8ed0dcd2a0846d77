"""Markdown that models write, as blocks, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind
from textlift.content.markdown import blocks_markdown
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

ANSWER = r"""```markdown
# Title with *emphasis* and 2*3*4

Some **bold** and $a_1 + b_2*c*d$ text \(x*y*z\)
second line with <b>tags</b>, <y and z> and a<br>break

$$
E = mc^2

x
=
$$

\[ x*y*z \]

| a | b |
|:--|---|
| 1 \| 2 | **2** $x|y$ |
| 3 | 4 | 5 |

<table><tr><td>1</td></tr>

<tr><td>2</td></tr></table>

1. one
   - nested
     goes on
2. two

[1]: http://example.org

```python
code $$

$$
```

![a curve](img.png)

<div align="center"><img src="x" alt="Figure 1"/> below it</div>

Words
---
<!-- a comment -->
$$a$$ and $$b$$

$x^2$
```"""


def test_each_part_becomes_a_block() -> None:
    assert blocks_of_markdown(ANSWER) == (
        Block(BlockKind.HEADING, "Title with emphasis and 2*3*4", level=1),
        Block(
            BlockKind.TEXT,
            "Some bold and $a_1 + b_2*c*d$ text \\(x*y*z\\)\n"
            "second line with tags, <y and z> and a\nbreak",
        ),
        Block(BlockKind.FORMULA, "E = mc^2\n\nx\n="),
        Block(BlockKind.FORMULA, "x*y*z"),
        Block(
            BlockKind.TABLE,
            "| a | b |\n| :-- | --- |\n| 1 \\| 2 | 2 $x\\|y$ |\n| 3 | 4 | 5 |",
        ),
        Block(BlockKind.TABLE, "<table><tr><td>1</td></tr>\n\n<tr><td>2</td></tr></table>"),
        Block(BlockKind.LIST_ITEM, "1. one", level=1),
        Block(BlockKind.LIST_ITEM, "- nested\ngoes on", level=2),
        Block(BlockKind.LIST_ITEM, "2. two", level=1),
        Block(BlockKind.TEXT, "[1]: http://example.org"),
        Block(BlockKind.CODE, "code $$\n\n$$"),
        Block(BlockKind.PICTURE, "a curve"),
        Block(BlockKind.PICTURE, "Figure 1"),
        Block(BlockKind.TEXT, "below it"),
        Block(BlockKind.TEXT, "Words"),
        Block(BlockKind.TEXT, "$$a$$ and $$b$$"),
        Block(BlockKind.FORMULA, "x^2"),
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ()),
        ("   \n\n", ()),
        ("```markdown\ncut off", (Block(BlockKind.TEXT, "cut off"),)),
        ("$$\nx + ", (Block(BlockKind.FORMULA, "x +"),)),
        ("<table><tr><td>a", (Block(BlockKind.TABLE, "<table><tr><td>a"),)),
        ("```\na", (Block(BlockKind.CODE, "a"),)),
        ("    indented", (Block(BlockKind.TEXT, "indented"),)),
        ("It costs $5 or $6.", (Block(BlockKind.TEXT, "It costs $5 or $6."),)),
        ("e\u0301", (Block(BlockKind.TEXT, "\u00e9"),)),
        ("> quoted", (Block(BlockKind.TEXT, "quoted"),)),
        (
            "\\begin{align*}\na &= b\n\\end{align*}",
            (Block(BlockKind.FORMULA, "\\begin{align*}\na &= b\n\\end{align*}"),),
        ),
        (
            "\\begin{table}\n\\caption{Costs}\n\\begin{tabular}{c}\na & b\n\\end{tabular}",
            (
                Block(BlockKind.CAPTION, "Costs"),
                Block(BlockKind.TABLE, "<table><tr><td>a</td><td>b</td></tr></table>"),
            ),
        ),
    ],
)
def test_special_answers(source: str, expected: tuple[Block, ...]) -> None:
    assert blocks_of_markdown(source) == expected


def test_a_table_in_a_list_or_a_quotation_keeps_its_cells() -> None:
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |"
    inside = "\n".join("  " + line for line in table.split("\n"))
    assert blocks_of_markdown(f"- item\n\n{inside}")[1] == Block(BlockKind.TABLE, table)
    inside = "\n".join("> " + line for line in table.split("\n"))
    assert blocks_of_markdown(inside) == (Block(BlockKind.TABLE, table),)


def test_tables_and_formulas_come_back_as_they_were() -> None:
    source = (
        "# Head\n\nText.\n\n$$\n\\frac{a_1}{b} \\\\ c\n$$\n\n"
        "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n\n- one\n- two\n\n```\nx = 1\n```"
    )
    assert blocks_markdown(blocks_of_markdown(source)) == source


SIGNS = st.sampled_from(
    [
        *("# ", "\n", "\n\n", "*", "**", "_", "`", "```", "~~~", "$", "$$", "\\(", "\\)", "\\["),
        *("|", "\n| a | b |\n|---|---|\n| 1 | 2 |\n", "<table>", "</table>", "<td>", "<br>", "<"),
        *("- ", "1. ", "> ", "![", "](", "[", "]", ")", "\\begin{tabular}{c}", "\\end{tabular}"),
        *("&", "\\\\", "{", "}", "<!--", "-->", "---", "===", "    ", "\t", "\\multicolumn{2}{c}{"),
    ]
)
TEXTS = st.lists(st.one_of(SIGNS, st.text(max_size=8)), max_size=25).map("".join)


@settings(deadline=None)
@given(TEXTS)
def test_any_answer_is_read_without_raising(source: str) -> None:
    for block in blocks_of_markdown(source):
        assert block.text.strip() or block.kind is BlockKind.PICTURE


@settings(deadline=None)
# Letters of which no tag of HTML is made: a tag is a mark, and its letters are not text.
@given(st.lists(st.text("xyzXYZ019 .,*_$|<>[]", min_size=1, max_size=12), max_size=8))
def test_no_letter_is_lost(lines: list[str]) -> None:
    source = "\n".join(lines)
    said = "".join(block.text for block in blocks_of_markdown(source))
    assert [sign for sign in said if sign.isalnum()] == [sign for sign in source if sign.isalnum()]


def test_tags_are_no_text_and_what_only_looks_like_one_is() -> None:
    said = [block.text for block in blocks_of_markdown("<a>one</a>\n\n<xyz>\n\n<b>")]
    assert said == ["one", "<xyz>"]


def test_an_environment_with_two_tables_and_words_between_them_keeps_all():
    blocks = blocks_of_markdown(
        "\\begin{table}[h]\n\\centering\n\\caption{Two years}\nFirst year\n"
        "\\begin{tabular}{l}\none \\\\\n\\end{tabular}\nSecond year\n"
        "\\begin{tabular}{l}\ntwo \\\\\n\\end{tabular}\n\\label{tab:years}\n\\end{table}"
    )
    assert [(block.kind, block.text) for block in blocks] == [
        (BlockKind.CAPTION, "Two years"),
        (BlockKind.TABLE, "<table><tr><td>one</td></tr></table>"),
        (BlockKind.TABLE, "<table><tr><td>two</td></tr></table>"),
        (BlockKind.TEXT, "First year\nSecond year"),
    ]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (
            "<!-- one\n\nNot closed, and the page goes on.",
            ["one\nNot closed, and the page goes on."],
        ),
        ("<!-->Right after it.", ["Right after it."]),
        ("Text.\n\n<!-- Image (10, 2", ["Text."]),
        ("one\r|a|b|\r|-|-|\r|c|d|", ["one", "| a | b |\n| - | - |\n| c | d |"]),
        ("- " * 30 + "deep", None),
    ],
)
def test_slips_of_the_model_cost_no_words(source: str, texts: list[str] | None):
    blocks = blocks_of_markdown(source)
    if texts is None:
        assert "deep" in blocks[-1].text
    else:
        assert [block.text for block in blocks] == texts


@pytest.mark.parametrize(
    ("tag", "alt"),
    [
        ('<img src="x" alt="Figure 1">', "Figure 1"),
        ("<img alt='it is \"so\"' src=x />", 'it is "so"'),
        ('<img alt="a > b">', "a > b"),
        ('<img alt="open>', ""),
        ("<img data-bbox='1 2 3 4'>", ""),
    ],
)
def test_a_picture_of_html_and_what_it_shows(tag: str, alt: str):
    blocks = blocks_of_markdown(f"<div>{tag}</div>")
    assert [(block.kind, block.text) for block in blocks] == [(BlockKind.PICTURE, alt)]


def test_many_pictures_that_are_never_closed_are_text():
    # Each was once tried from each of its quotes: these took minutes.
    answer = "<div>\n" + '<img data-bbox="0 0 9 9" alt="word"/ ' * 400
    (block,) = blocks_of_markdown(answer)
    assert block.text.count("word") == 400
