"""Answers in each mode, put back on the page in the way of each generation."""

from __future__ import annotations

from PIL import Image

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.engines.qwen_vl.family import QwenVl
from textlift.engines.vision_language.family import Request

IMAGE = Image.new("RGB", (613, 792), "white")


def test_places_come_back_in_each_generations_own_way(families: dict[str, QwenVl]) -> None:
    request = Request("html", 10**9)
    wanted = Box(61.3, 79.2, 306.5, 396)
    for model_type, source in {
        # The model saw 616 x 784 pixels.
        "qwen2_5_vl": '<p data-bbox="61.6 78.4 308 392">x</p>',
        "qwen3_vl": '<p data-bbox="100 100 500 500">x</p>',
    }.items():
        family = families[model_type]
        prepared = family.prepare(IMAGE, request)
        box = family.parse(source, IMAGE, request, prepared).blocks[0].box
        assert box is not None
        assert max(abs(a - b) for a, b in zip(_sides(box), _sides(wanted), strict=True)) < 1e-6
        lines = family.view(IMAGE, request, prepared).add(source).lines
        assert [line.box for line in lines] == [box]


def test_markdown_places_tables_and_pictures(families: dict[str, QwenVl]) -> None:
    request = Request("markdown", 10**9)
    family = families["qwen3_vl"]
    source = (
        "```markdown\n# Title\n\n<!-- Table (0, 0, 1000, 500) -->\n"
        "\\begin{tabular}{|l|l|}\n\\hline\na & b \\\\\n\\hline\n\\end{tabular}\n\n"
        "<!-- Image (500, 500, 1000, 1000) -->\n\nAfter.\n```"
    )
    prepared = family.prepare(IMAGE, request)
    assert family.parse(source, IMAGE, request, prepared).blocks == (
        Block(BlockKind.HEADING, "Title", level=1),
        Block(BlockKind.TABLE, "<table><tr><td>a</td><td>b</td></tr></table>", Box(0, 0, 613, 396)),
        Block(BlockKind.PICTURE, "", Box(306.5, 396, 613, 792)),
        Block(BlockKind.TEXT, "After."),
    )


def test_plain_text_is_paragraphs(family: QwenVl) -> None:
    request = Request("text", 10**9)
    prepared = family.prepare(IMAGE, request)
    answer = family.parse("one\ntwo\n\n# three *x*\n", IMAGE, request, prepared)
    assert answer.blocks == (
        Block(BlockKind.TEXT, "one\ntwo"),
        Block(BlockKind.TEXT, "# three *x*"),
    )
    assert family.view(IMAGE, request, prepared).add("<p>").text == "<p>"


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (box.x0, box.y0, box.x1, box.y1)
