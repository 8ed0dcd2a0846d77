"""Every parser of what a model writes, with answers to begin from and what must hold of any."""

from __future__ import annotations

import html
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

import msgspec

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.html_reading import LenientHtmlParser
from textlift.content.markdown import blocks_markdown
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, block_lines
from textlift.content.tables import table_lines, table_markdown
from textlift.content.text_lines import reading_lines
from textlift.engines.deepseek_ocr2.grounding import blocks_of_grounding
from textlift.engines.dots_ocr.answers import parsed as dots_answer
from textlift.engines.dots_ocr.layout_blocks import PageScale
from textlift.engines.got_ocr2.latex_answer import blocks_of_latex
from textlift.engines.granite_docling.doctags import blocks_of_doctags
from textlift.engines.kosmos_2_5.bbox_lines import SeenPage, parsed_lines
from textlift.engines.qwen_vl.layout_html import layout_of_html
from textlift.engines.qwen_vl.markdown_answer import blocks_of_qwen_markdown
from textlift.engines.qwen_vl.places import Measure
from textlift.engines.vision_language.family import Answer
from textlift.engines.vision_language.latex_tables import html_of_latex_table
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown
from textlift.engines.vision_language.otsl import html_of_otsl
from textlift.engines.vision_language.text_blocks import blocks_of_text
from textlift.engines.vision_language.upright import placed_blocks

PAGE = PageImage("page.png", 600, 900)
SEEN = (300, 450)

WORD = re.compile(r"q[a-z]+q\d+q")
"""What stands for the words of the page in the answers below: nothing else looks like it."""


class AnswerParser(msgspec.Struct, frozen=True):
    """A parser and what it is tried with.

    Attributes:
        parse: Gives blocks, their boxes on a page of 600 by 900 pixels.
        answers: Such as models write.
        marks: What has a meaning in them.
        hidden: What matches it may hold words that are not the page's: inside of marks.
    """

    parse: Callable[[str], Answer]
    answers: tuple[str, ...]
    marks: tuple[str, ...]
    hidden: re.Pattern[str]


_MARKS_OF_MARKDOWN = (
    "# ", "###### ", "- ", "1. ", "> ", "```", "~~~", "|", "|---|", "\n\n", "\n", "$$", "$", "\\(",
    "\\)", "\\[", "\\]", "**", "_", "`", "![", "](", ")", "<table>", "<tr>", "<td>", "</td>",
    "</tr>", "</table>", "<td colspan=9>", "&lt;", "&amp;", "<!--", "-->", "\\begin{tabular}{ll}",
    "\\end{tabular}", "&", "\\\\", "\\begin{equation}", "\\end{equation}", "<br>", "[^1]: ", "***",
    "<img src=x>", "<script>", "\t", "    ", "---\n", "===\n",
)  # fmt: skip
_MARKS_OF_TAGS = (
    "<", ">", "</", '"', "=", "<![CDATA[", "<?", "<!", "&#0;", "&#xD800;", "<!--", "-->",
)  # fmt: skip
_FENCES = re.compile(r"(?:```|~~~)[^\n\r]*")
_NOTHING = re.compile(r"(?!)")
_TAGS = re.compile(r"<[^>]*(?:>|\Z)")
_IN_MARKDOWN = re.compile(
    r"<!--(?:-?>|.*?-->|[^>\n]*\Z|)|<[^>]*(?:>|\Z)|!?\[[^\]]*(?:\]\([^)]*(?:\)|\Z))|```[^\n]*"
    r"|~~~[^\n]*|&[^;\s]*;?|\\multi[^&\n]*|\\[a-z]*|\{[^}\n]*(?:\}|\Z)|\[[^\]]*\]:[^\n]*",
    re.DOTALL,
)


def _markdown_answers() -> tuple[str, ...]:
    return (
        (
            "# qtitleq1q\n\nqsomeq2q **qboldq3q** qtextq4q\nqnextq5q\n\n- qoneq6q\n- qtwoq7q\n\n"
            "| qaq8q | qbq9q |\n|---|---|\n| qcq10q | qdq11q |\n\n$$\nqformulaq12q\n$$\n"
        ),
        (
            "<table><tr><td colspan=2>qheadq1q</td></tr><tr><td>qleftq2q</td><td>qrightq3q</td>"
            "</tr></table>\n\nqafterq4q \\(qinlineq5q\\)\n\n![](qpictureq6q)\n\n```\nqcodeq7q\n```"
        ),
        (
            "\\begin{tabular}{|l|l|}\n\\hline qaq1q & qbq2q \\\\\n\\hline\n\\end{tabular}\n\n"
            "\\[ qfracq3q \\]\n\n> qquotedq4q\n\n1. qfirstq5q\n   2. qinnerq6q\n"
        ),
    )


_LAYOUT = json.dumps(
    [
        {"bbox": [10, 20, 110, 70], "category": "Section-header", "text": "# qtitleq1q"},
        {"bbox": [10, 80, 290, 170], "category": "Text", "text": 'qsaidq2q "qquotedq3q" qendq4q'},
        {"bbox": [10, 180, 290, 260], "category": "Table",
         "text": "<table><tr><td>qaq5q</td><td>qbq6q</td></tr></table>"},
        {"bbox": [10, 270, 290, 290], "category": "Formula", "text": "$$\\frac{qcq7q}{2}$$"},
        {"bbox": [10, 300, 290, 400], "category": "Picture"},
    ]
)  # fmt: skip

_DOCTAGS = (
    "<doctag><section_header_level_1><loc_10><loc_20><loc_200><loc_30>qtitleq1q"
    "</section_header_level_1>\n<text><loc_10><loc_40><loc_400><loc_80>qsomeq2q qtextq3q</text>\n"
    "<unordered_list><list_item><loc_10><loc_90><loc_400><loc_99>qitemq4q</list_item>"
    "</unordered_list>\n<otsl><loc_10><loc_100><loc_400><loc_200><ched>qaq5q<ched>qbq6q<nl>"
    "<fcel>qcq7q<lcel><nl></otsl>\n<picture><loc_1><loc_2><loc_3><loc_4><caption>qcaptionq8q"
    "</caption></picture>\n<formula>qformulaq9q</formula><code>qcodeq10q</code></doctag>"
)

_HTML = (
    '<html><body>\n<div class="page-header" data-bbox="10 20 290 40">qheaderq1q</div>\n'
    '<h2 data-bbox="10 50 290 70">qtitleq2q</h2>\n<p data-bbox="10 80 290 170">qsomeq3q<br/>'
    "qtextq4q &amp; qmoreq5q</p>\n<ol><li>qfirstq6q</li><li>qsecondq7q</li></ol>\n"
    '<table data-bbox="1 2 3 4"><tr><th>qaq8q</th><td rowspan="2">qbq9q</td></tr></table>\n'
    '<div class="formula">qformulaq10q</div><img data-bbox="0 0 9 9" alt="qnotq0q"/></body></html>'
)

_OTSL = "<ched>qaq1q<ched>qbq2q<nl><fcel>qcq3q<lcel><nl><fcel>qdq4q<ucel><nl><ecel><xcel>qeq5q"

_LATEX = (
    "\\title{qtitleq1q}\n\\section*{qsectionq2q}\nqsomeq3q \\textbf{qboldq4q}\n"
    "\\begin{itemize}\n\\item qoneq5q\n\\item qtwoq6q\n\\end{itemize}\n\\begin{table}\n"
    "\\caption{qcaptionq7q}\n\\begin{tabular}{|l|c|}\n\\hline\n\\multicolumn{2}{|c|}{qheadq8q} "
    "\\\\\nqaq9q & \\multirow{2}{*}{qbq10q} \\\\\n\\end{tabular}\n\\end{table}\n"
    "\\[ qformulaq11q \\]\n"
)

_PLACES = (
    "<|ref|>title<|/ref|><|det|>[[330, 198, 558, 230]]<|/det|>\n# qtitleq1q\n\n<|ref|>text"
    "<|/ref|><|det|>[[10, 240, 500, 300], [510, 240, 990, 300]]<|/det|>\nqsomeq2q qtextq3q\n\n"
    "<|ref|>table<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n<table><tr><td>qaq4q</td></tr></table>\n"
    "<|ref|>image<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n"
)

_LINES = (
    "<bbox><x_53><y_73><x_169><y_106></bbox>qfirstq1q qlineq2q\n<bbox><x_53><y_120><x_169>"
    "<y_150></bbox>qsecondq3q\n<bbox><x_170><y_120><x_290><y_150></bbox>qbesideq4q\n"
)

_SCENE = "[[10, 20], [110, 20], [110, 40], [10, 40]] qsignq1q\n[[1,2],[3,4],[5,6],[7,8]]qtwoq2q"


def _plain(parse: Callable[[str], Iterable[Block]]) -> Callable[[str], Answer]:
    return lambda answer: Answer(tuple(parse(answer)))


def _table(parse: Callable[[str], str]) -> Callable[[str], Answer]:
    """Where it is no table, the families keep the answer as it is."""

    def answer(text: str) -> Answer:
        table = parse(text)
        kind = BlockKind.TABLE if table else BlockKind.TEXT
        return Answer((Block(kind, table or text),))

    return answer


_SCALE = PageScale(SEEN, (PAGE.width, PAGE.height))

PARSERS = {
    "dots-layout": AnswerParser(
        lambda answer: dots_answer(answer, mode="layout", scale=_SCALE),
        (_LAYOUT, _LAYOUT[:-40], f"```json\n{_LAYOUT}\n```", f'{{"layout": {_LAYOUT}}}'),
        ('{"bbox": [', '"category": "', '"text": "', '"', "\\", "}", "{", "]", "[", ",", "null",
         "1e999", "NaN", "-1", '\\"', "\\ud800", "\\u0000", "```", "true", '""', "Table", "\n",
         "<table>", "$$", "- "),
        re.compile(r'"bbox".*?(?="text"|\Z)|"[^"]*"\s*:\s*(?=[\[{\d])|<[^>]*(?:>|\Z)|\\.|"(?:bbox|category)".*?(?="text)',
                   re.DOTALL),
    ),
    "dots-scene": AnswerParser(
        lambda answer: dots_answer(answer, mode="scene", scale=_SCALE),
        (_SCENE, ""), ("[[", "]]", "[", "]", ",", "\n", "1e999", "-", "."), _NOTHING,
    ),
    "qwen-html": AnswerParser(
        lambda answer: layout_of_html(answer, Measure(SEEN, (PAGE.width, PAGE.height))),
        (_HTML, _HTML[:-90], f"```html\n{_HTML}\n```"),
        ("<p>", "</p>", '<p data-bbox="1 2 3 4">', "<li>", "<ul>", "</ul>", "<table>", "<td>",
         "</table>", "<h1>", "<pre>", "<div>", "</div>", "<math>", "<svg>", "<style>", "</style>",
         "<script>", "</script>", "<title>", "<textarea>", "<br>", *_MARKS_OF_TAGS),
        re.compile(
            r"<(script|style|title|head)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|&[^;\s]*;?"
            r"|<(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^>\"'])*(?:>|\Z)",
            re.DOTALL,
        ),
    ),
    "qwen-markdown": AnswerParser(
        _plain(lambda answer: blocks_of_qwen_markdown(
            answer, Measure(SEEN, (PAGE.width, PAGE.height)))),
        (*(f"<!-- Text (10, 20, 200, 100) -->\n{text}" for text in _markdown_answers()),),
        ("<!-- Text (", "<!-- Image (1,2,3,4) -->", "-->", *_MARKS_OF_MARKDOWN), _IN_MARKDOWN,
    ),
    "markdown": AnswerParser(
        _plain(blocks_of_markdown), _markdown_answers(), _MARKS_OF_MARKDOWN, _IN_MARKDOWN
    ),
    "got-latex": AnswerParser(
        _plain(blocks_of_latex), (_LATEX, *_markdown_answers()),
        ("\\section{", "\\title{", "\\begin{itemize}", "\\item ", "\\end{itemize}", "{", "}",
         "\\multicolumn{", "\\multirow{9}{*}{", "\\hline", "\\begin{table}", "\\end{table}",
         "\\caption{", *_MARKS_OF_MARKDOWN),
        _IN_MARKDOWN,
    ),
    "latex-table": AnswerParser(
        _table(html_of_latex_table), (_markdown_answers()[2], _LATEX),
        ("\\begin{tabular}{", "\\end{tabular}", "\\multicolumn{2}{c}{", "\\multirow{3}{*}{", "&",
         "\\\\", "\\hline", "\\cline{1-2}", "{", "}", "\\&", "%", "\\multicolumn{999999999}{c}{"),
        re.compile(r".+", re.DOTALL),  # What a damaged command takes in is hard to say.
    ),
    "otsl": AnswerParser(
        _table(html_of_otsl), (_OTSL, f"<otsl>{_OTSL}</otsl>"),
        ("<fcel>", "<ecel>", "<lcel>", "<ucel>", "<xcel>", "<ched>", "<rhed>", "<srow>", "<nl>",
         "<", "&"),
        _NOTHING,
    ),
    "doctags": AnswerParser(
        _plain(lambda answer: blocks_of_doctags(answer, width=PAGE.width, height=PAGE.height)),
        (_DOCTAGS, _DOCTAGS[:-60]),
        ("<text>", "</text>", "<loc_500>", "<loc_999999999999>", "<loc_>", "<otsl>", "</otsl>",
         "<fcel>", "<nl>", "<picture>", "</picture>", "<caption>", "<group>", "<list_item>",
         "<ordered_list>", "</ordered_list>", "<chart>", "<inline>", "<code>", "<_python_>",
         "<section_header_level_9>", "<", ">", "</", "&lt;"),
        re.compile(r"<[^<>]*(?:>|\Z)"),
    ),
    "grounding": AnswerParser(
        _plain(lambda answer: blocks_of_grounding(answer, width=PAGE.width, height=PAGE.height)),
        (_PLACES, _PLACES[:-30]),
        ("<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>", "[[", "]]", "999999", "-1", "image",
         *_MARKS_OF_MARKDOWN),
        re.compile(rf"<\|ref\|>.*?(?:<\|/det\|>|\Z)|{_IN_MARKDOWN.pattern}", re.DOTALL),
    ),
    "kosmos-lines": AnswerParser(
        lambda answer: parsed_lines(answer, SeenPage((PAGE.width, PAGE.height), SEEN)),
        (_LINES, _LINES[:-20]),
        ("<bbox>", "</bbox>", "<x_1>", "<y_2>", "<x_99999999999999999999>", "<x_", ">", "\n"),
        _NOTHING,
    ),
    "text": AnswerParser(_plain(blocks_of_text), ("qoneq1q\n\nqtwoq2q",), ("\n", "\r"), _NOTHING),
}  # fmt: skip


def complaints(parser: AnswerParser, answer: str) -> Iterator[str]:
    """What does not hold of a parser's reading of an answer; raises what the parser raises.

    Words that are gone come last, as "lost:". Whether one in damaged markup was the page's cannot
    always be told by a pattern: in answers with more damage than an end too early they are to be
    looked at, not faults by themselves.
    """
    read = parser.parse(answer)
    blocks = placed_blocks(read.blocks, PAGE, rotation=0, inside=None)
    page = Box(0, 0, PAGE.width, PAGE.height)
    for block in blocks:
        for place in (block, *block.lines):
            if place.box is not None and not _lies_in(place.box, page):
                yield f"outside of the page: {place.box}"
            if not unicodedata.is_normalized("NFC", place.text):
                yield f"not NFC: {place.text!r}"
    for original in read.blocks:
        if original.box is not None and not _lies_in(original.box, page):
            yield f"the parser's own box is outside: {original.box}"
    # What comes after the parser must take what it gives.
    blocks_markdown(blocks)
    reading = PageReading(blocks=blocks, read_by="model")
    reading_lines(reading)
    for block in blocks:
        table_lines(block.text)
        table_markdown(block.text)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(reading), type=PageReading)
    if again != reading:
        yield "does not travel"
    msgspec.json.encode(reading)
    kept = _kept_text(blocks)
    lost = [word for word in sorted(_visible_words(answer, parser.hidden)) if word not in kept]
    if lost:
        yield f"lost: {lost}"


def _lies_in(box: Box, page: Box) -> bool:
    numbers = (box.x0, box.y0, box.x1, box.y1)
    if not all(map(math.isfinite, numbers)):
        return False
    return page.x0 <= box.x0 <= box.x1 <= page.x1 and page.y0 <= box.y0 <= box.y1 <= page.y1


def _visible_words(answer: str, hidden: re.Pattern[str]) -> set[str]:
    if not _balanced(answer):
        return set()
    return set(WORD.findall(hidden.sub(" ", _FENCES.sub(" ", answer))))


def _balanced(answer: str) -> bool:
    """Braces that are never closed, or never opened, may hide anything."""
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", answer):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _kept_text(blocks: Iterable[Block]) -> str:
    """All that a person gets to see; words may touch others in it."""
    parts: list[str] = []
    for block in blocks:
        shown = "\n".join(line.text for line in block_lines(block)) or block.text
        parts += [shown, html.unescape(shown), _text_of(shown)]
    return "\n".join(parts)


def _text_of(source: str) -> str:
    parts: list[str] = []
    parser = LenientHtmlParser()
    parser.handle_data = parts.append
    parser.feed(source)
    parser.close()
    return "".join(parts)
