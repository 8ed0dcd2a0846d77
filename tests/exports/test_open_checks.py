"""What exports say of warnings: the note at the end, and each of them in JSON."""

from __future__ import annotations

import json

import msgspec
import pytest

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.open_checks import MOST_LINES
from textlift.exports.writing import export_file, export_folder, export_text

MISSED = PageWarning(WarningKind.MISSED, "3 lines were not read.", Box(1, 2, 3, 4))
DIFFERS = PageWarning(WarningKind.DIFFERS, "Tesseract reads “<b>” *here*.")


def warned_page(number: int, *warnings: PageWarning, ticked: tuple[int, ...] = ()) -> PageRecord:
    reading = PageReading(
        blocks=(Block(BlockKind.TEXT, f"text {number}"),), read_by="alpha", warnings=warnings
    )
    return PageRecord(number=number, state=PageState.WARNED, reading=reading, ticked=ticked)


def document(*pages: PageRecord, title: str = "scan.pdf") -> ExportDocument:
    return ExportDocument(title=title, path=f"/x/{title}", page_count=len(pages), pages=pages)


def noted(name: str, *documents: ExportDocument, note: bool = True) -> str:
    titled = len(documents) > 1
    return "".join(EXPORTERS[name].pieces(documents, titled=titled, note=note))


def test_text_ends_with_a_note_under_a_rule():
    text = noted("txt", document(warned_page(1), warned_page(2, MISSED, DIFFERS)))
    assert text == (
        "text 1\n\ntext 2\n\n" + "-" * 72 + "\n"
        "[2 things are left to check; this note is not part of the text]\n"
        "[Page 2: 3 lines were not read.]\n"
        "[Page 2: Tesseract reads “<b>” *here*.]\n"
    )


def test_markdown_ends_with_a_quote_that_nothing_in_a_sentence_can_leave():
    text = noted("md", document(warned_page(2, DIFFERS, ticked=()), warned_page(3)))
    assert text.endswith(
        "text 3\n\n* * *\n\n> **1 thing is left to check.**\n>\n"
        "> - Page 2: Tesseract reads “&lt;b>” \\*here\\*.\n"
    )


@pytest.mark.parametrize("name", ["txt", "md"])
def test_ticks_take_warnings_out_of_the_note(name):
    one = noted(name, document(warned_page(2, MISSED, DIFFERS, ticked=(1,))))
    assert "1 thing is left" in one
    assert "Page 2: 3 lines" in one
    assert "Page 2: Tesseract" not in one
    ticked = document(warned_page(2, MISSED, DIFFERS, ticked=(0, 1)))
    assert noted(name, ticked) == noted(name, ticked, note=False)


@pytest.mark.parametrize("name", ["txt", "md"])
def test_nothing_to_check_is_no_note(name, plain_document, broken_document):
    assert noted(name, plain_document, broken_document) == noted(
        name, plain_document, broken_document, note=False
    )
    assert noted(name) == ""


@pytest.mark.parametrize("name", ["txt", "md"])
def test_one_note_for_several_documents_names_them(name):
    text = noted(
        name,
        document(warned_page(1, MISSED), title="letter.png"),
        document(warned_page(1), warned_page(2, MISSED)),
    )
    assert text.count("left to check") == 1
    assert "letter.png: 3 lines were not read." in text
    assert "scan.pdf, page 2: 3 lines were not read." in text


def test_what_is_copied_never_has_the_note(tmp_path):
    warned = document(warned_page(1, MISSED))
    assert "left to check" not in export_text(EXPORTERS["txt"], [warned])
    export_file(tmp_path / "bare.txt", exporter=EXPORTERS["txt"], documents=[warned])
    assert "left to check" not in (tmp_path / "bare.txt").read_text()


def test_files_have_it_when_it_is_wanted(tmp_path):
    warned = document(warned_page(1, MISSED))
    export_file(tmp_path / "one.txt", exporter=EXPORTERS["txt"], documents=[warned], note=True)
    (path,) = export_folder(
        tmp_path / "all", exporter=EXPORTERS["md"], documents=[warned], note=True
    )
    assert "left to check" in (tmp_path / "one.txt").read_text()
    assert "left to check" in path.read_text()


def test_a_sentence_cannot_leave_its_line():
    hostile = PageWarning(WarningKind.MISSED, "a\n\n\x1b[31m# b\u2028]")
    lines = noted("txt", document(warned_page(1, hostile))).splitlines()
    assert lines[-1] == "[Page 1: a [31m# b ]]"


def test_a_long_note_is_cut_and_counts_the_rest():
    pages = [warned_page(number, MISSED, DIFFERS) for number in range(1, MOST_LINES + 1)]
    lines = noted("txt", document(*pages)).splitlines()
    assert (
        f"[{2 * MOST_LINES} things are left to check; this note is not part of the text]" in lines
    )
    assert lines[-1] == f"[{MOST_LINES} more.]"
    assert lines[-2] == f"[Page {MOST_LINES // 2}: Tesseract reads “<b>” *here*.]"


def test_json_has_every_warning_and_whether_it_is_ticked():
    page = warned_page(2, MISSED, DIFFERS, ticked=(1,))
    texts = {noted("json", document(page), note=note) for note in (True, False)}
    (text,) = texts
    (written,) = json.loads(text)["documents"][0]["pages"]
    assert written["to_check"] == 1
    assert written["reading"]["warnings"] == [
        {
            "kind": "missed",
            "sentence": "3 lines were not read.",
            "box": [1.0, 2.0, 3.0, 4.0],
            "ticked": False,
        },
        {
            "kind": "differs",
            "sentence": "Tesseract reads “<b>” *here*.",
            "box": None,
            "ticked": True,
        },
    ]


def test_the_comment_of_a_page_says_what_was_ticked_off():
    page = warned_page(2, MISSED, DIFFERS, ticked=(0,))
    text = noted("md", document(page), note=False)
    assert "; warning, ticked off: 3 lines were not read; warning: Tesseract" in text


def test_the_warnings_of_a_kept_reading_count():
    page = msgspec.structs.replace(warned_page(2, MISSED), state=PageState.FAILED)
    assert "1 thing is left to check" in noted("txt", document(page))
