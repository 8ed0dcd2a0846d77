"""What the formats say: text, marks instead of gaps, edits, records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Block, BlockKind
from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.content.reading import PageReading, WarningKind
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.writing import export_text


def test_the_formats_there_are():
    assert list(EXPORTERS) == ["txt", "md", "json"]
    assert [exporter.extension for exporter in EXPORTERS.values()] == [".txt", ".md", ".json"]


def test_plain_text_is_the_text_with_marks(mixed_document):
    assert export_text(EXPORTERS["txt"], [mixed_document]) == (
        "first\npage\n\n"
        "second page\n\n"
        "[Page 3 could not be read. PP-OCRv6 found no text. Tesseract took too long.]\n\n"
        "[Pages 4 to 5 have not been read.]\n\n"
        "edited text\n"
    )


def test_several_documents_have_their_titles(plain_document, broken_document):
    assert export_text(EXPORTERS["txt"], [plain_document, broken_document]) == (
        "==> one.png <==\n\nonly\npage\n\n"
        "==> bad.pdf <==\n\n[bad.pdf could not be opened. It is damaged.]\n"
    )


def test_markdown_carries_the_record_of_each_page(mixed_document):
    assert export_text(EXPORTERS["md"], [mixed_document]) == (
        "<!-- page 1; read by pp-ocrv6 -->\n\n"
        "first page\n\n"
        "<!-- page 2; read by tesseract (The page is in Cyrillic); "
        "warning: Three words are unsure. - -› ‹b›; "
        "pp-ocrv6 failed: PP-OCRv6 stopped unexpectedly -->\n\n"
        "second page\n\n"
        "<!-- page 3; pp-ocrv6 failed: PP-OCRv6 found no text; "
        "tesseract failed: Tesseract took too long; "
        "tesseract failed: Tesseract took too long -->\n\n"
        "> **Page 3 could not be read.** PP-OCRv6 found no text. Tesseract took too long.\n\n"
        "> **Pages 4 to 5 have not been read.**\n\n"
        "<!-- page 6; read by pp-ocrv6; edited -->\n\n"
        "edited text\n"
    )


def test_markdown_title_is_escaped(mixed_document, broken_document):
    text = export_text(EXPORTERS["md"], [mixed_document, broken_document])
    assert text.startswith("# scan &lt;1>.pdf\n\n")
    assert "> **bad.pdf could not be opened.** It is damaged." in text


def test_json_holds_everything(mixed_document, broken_document):
    document, broken = json.loads(
        export_text(EXPORTERS["json"], [mixed_document, broken_document])
    )["documents"]
    assert broken == {
        "title": "bad.pdf",
        "path": "/x/bad.pdf",
        "page_count": 0,
        "problem": "It is damaged.",
        "pages": [],
    }
    assert [page["state"] for page in document["pages"]] == [
        "done",
        "done-with-warnings",
        "failed",
        "unread",
        "queued",
        "done",
    ]
    first, second, third, _, _, sixth = document["pages"]
    assert first["reading"]["blocks"][0]["lines"][1] == {
        "text": "page",
        "box": [0.0, 1.0, 10.0, 2.0],
        "score": 0.9,
        "quad": None,
    }
    assert second["reading"]["read_by"] == "tesseract"
    assert second["reading"]["warnings"][0]["kind"] == "uncertain"
    assert second["attempts"][0]["failure"] == "crashed"
    assert second["attempts"][1]["failure"] is None
    assert third["reading"] is None
    assert [attempt["engine"] for attempt in third["attempts"]] == [
        "pp-ocrv6",
        "tesseract",
        "tesseract",
    ]
    assert (sixth["text"], sixth["edited"]) == ("edited text", True)
    assert sixth["reading"]["blocks"][0]["text"] == "read text"


def test_json_has_one_page_a_line(mixed_document):
    lines = export_text(EXPORTERS["json"], [mixed_document]).splitlines()
    assert [json.loads(line.rstrip(","))["number"] for line in lines[2:-2]] == [1, 2, 3, 4, 5, 6]


def test_json_survives_names_that_are_no_text():
    document = ExportDocument(title="a\udcff.png", path="/x/a\udcff.png", page_count=1, pages=[])
    text = export_text(EXPORTERS["json"], [document])
    assert json.loads(text)["documents"][0]["path"] == "/x/a?.png"


def test_the_documented_fields_are_the_written_ones(mixed_document):
    documented = (Path(__file__).parents[2] / "docs" / "json-format.md").read_text("utf-8")
    written = json.loads(export_text(EXPORTERS["json"], [mixed_document]))
    assert {f"`{field}`" for field in fields_of(written)} <= set(re.findall(r"`\w+`", documented))


def fields_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(field for item in value.values() for field in fields_of(item))}
    if isinstance(value, list):
        return {field for item in value for field in fields_of(item)}
    return set()


def test_a_failed_second_reading_keeps_the_first(mixed_document):
    first, _, third, *_ = mixed_document.pages
    again = msgspec.structs.replace(third, reading=first.reading)
    document = msgspec.structs.replace(mixed_document, pages=[again])
    assert export_text(EXPORTERS["txt"], [document]) == (
        "[Page 3 could not be read again; this is the earlier text. "
        "PP-OCRv6 found no text. Tesseract took too long.]\n\nfirst\npage\n"
    )


def test_what_a_person_typed_for_a_failed_page_needs_no_mark(mixed_document):
    typed = PageRecord(
        number=3, state=PageState.FAILED, edit=PageEdit(lines=(EditedLine("typed"),))
    )
    document = msgspec.structs.replace(mixed_document, pages=[typed])
    assert export_text(EXPORTERS["txt"], [document]) == "typed\n"


def test_text_cannot_command_a_terminal(plain_document):
    page = PageRecord(
        number=1,
        state=PageState.FAILED,
        edit=PageEdit(lines=(EditedLine("a\x1b[31mb\x07\x9b", None),)),
    )
    document = msgspec.structs.replace(plain_document, pages=[page])
    assert export_text(EXPORTERS["txt"], [document]) == "a[31mb\n"
    assert "\x1b" not in export_text(EXPORTERS["md"], [document])


@pytest.mark.parametrize("name", ["txt", "md", "json"])
def test_pages_are_taken_one_at_a_time(name):
    taken: list[int] = []

    def pages() -> Iterator[PageRecord]:
        for number in range(1, 10_001):
            taken.append(number)
            yield PageRecord(
                number=number, state=PageState.DONE, edit=PageEdit(lines=(EditedLine("x"),))
            )

    document = ExportDocument(title="t", path="p", page_count=10_000, pages=pages())
    ahead = 0
    written = 0
    for piece in EXPORTERS[name].pieces([document], titled=False):
        written += '"text":"x"' in piece or piece.strip().endswith("x")
        ahead = max(ahead, len(taken) - written)
    assert written == 10_000
    assert ahead <= 1


def test_no_documents_are_an_empty_text():
    assert export_text(EXPORTERS["txt"], []) == ""
    assert json.loads(export_text(EXPORTERS["json"], []))["documents"] == []


def partial_page(*partials: str, **fields: object) -> PageRecord:
    """A failed page; each attempt, of models m0, m1…, left a part."""
    attempts = tuple(
        Attempt(
            engine=f"m{number}",
            device="cpu",
            started_at=1.0,
            seconds=2.0,
            failure=FailureKind.CUT_OFF,
            sentence="It was cut off.",
            partial=partial,
            peak_memory=number,
        )
        for number, partial in enumerate(partials)
    )
    return PageRecord(**{"number": 3, "state": PageState.FAILED, "attempts": attempts, **fields})


def exported(name: str, *pages: PageRecord) -> str:
    document = ExportDocument(title="t", path="p", page_count=len(pages), pages=pages)
    return export_text(EXPORTERS[name], [document])


def test_what_was_read_of_a_failed_page_stands_between_marks():
    page = partial_page("short", "first line\n\nsecond\x1b[31m", "")
    assert exported("txt", page) == (
        "[Page 3 could not be read. It was cut off.]\n\n"
        "[What m1 had read of page 3 before it failed, unchecked and not complete:]\n\n"
        "first line\n\nsecond[31m\n\n"
        "[The text of page 3 breaks off here.]\n"
    )


def test_what_was_read_of_a_failed_page_is_a_quote_without_markup_of_its_own():
    page = partial_page("# Head\n\n<table><tr><td>1 | 2")
    text = exported("md", page)
    assert text.endswith(
        "> **Page 3 could not be read.** It was cut off.\n\n"
        "> **What m0 had read of page 3 before it failed, unchecked and not complete:**\n"
        ">\n"
        "> \\# Head  \n"
        ">\n"
        "> &lt;table>&lt;tr>&lt;td>1 \\| 2  \n"
        ">\n"
        "> **The text of page 3 breaks off here.**\n"
    )


@pytest.mark.parametrize("name", ["txt", "md"])
def test_no_part_is_shown_where_a_page_has_its_text(name):
    block = Block(kind=BlockKind.TEXT, text="whole")
    reading = PageReading(blocks=(block,), read_by="m")
    typed = PageEdit(lines=(EditedLine("typed"),))
    for page in (
        partial_page("part", state=PageState.WARNED, reading=reading),
        partial_page("part", reading=reading),
        partial_page("part", edit=typed),
        partial_page("  \n"),
        partial_page(),
    ):
        text = exported(name, page)
        assert "breaks off here" not in text
        assert "part\n" not in text


def test_markdown_says_that_only_a_part_was_read():
    block = Block(kind=BlockKind.TEXT, text="inside")
    reading = PageReading(blocks=(block,), read_by="m", box=Box(1, 2.5, 30, 40))
    page = PageRecord(number=3, state=PageState.DONE, reading=reading)
    assert exported("md", page) == (
        "<!-- page 3; read by m; only the part 1, 2.5, 30, 40 was read -->\n\ninside\n"
    )


def test_json_carries_parts_and_what_a_model_took():
    generation = Generation(
        mode="layout",
        pixels=1_000_000,
        prompt_tokens=1300,
        tokens=77,
        token_limit=8192,
        first_token_seconds=0.5,
        tokens_per_second=30.0,
        peak_memory=7_000_000_000,
        dtype="bfloat16",
    )
    reading = PageReading(blocks=(), read_by="m", generation=generation, box=Box(1, 2, 30, 40))
    failed, read = json.loads(
        exported("json", partial_page("part"), partial_page("", number=4, reading=reading))
    )["documents"][0]["pages"]
    assert (failed["attempts"][0]["partial"], failed["attempts"][0]["peak_memory"]) == ("part", 0)
    assert failed["text"] == ""
    assert read["reading"]["generation"] == msgspec.to_builtins(msgspec.structs.asdict(generation))
    assert (read["reading"]["unparsed"], read["reading"]["repeated"]) == ("", "")
    assert read["reading"]["box"] == [1, 2, 30, 40]
    documented = (Path(__file__).parents[2] / "docs" / "json-format.md").read_text("utf-8")
    assert {f"`{field}`" for field in fields_of(read)} <= set(re.findall(r"`\w+`", documented))


@pytest.mark.parametrize("kind", WarningKind)
def test_every_kind_of_warning_is_documented(kind: WarningKind):
    documented = (Path(__file__).parents[2] / "docs" / "json-format.md").read_text("utf-8")
    assert f'| `"{kind.value}"` |' in documented
