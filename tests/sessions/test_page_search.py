"""Searching stored pages: what is found is what the pages show."""

from __future__ import annotations

import pytest

from textlift.content.block import Block, BlockKind, Line
from textlift.content.page import EditedLine, PageEdit
from textlift.content.reading import PageReading
from textlift.content.text_lines import page_text
from textlift.sessions import page_search
from textlift.sessions.stored import PageSpan

PAGES = 6


@pytest.fixture
def document(store, make_info):
    return store.add_document(make_info(pages=PAGES), title="scan.pdf")


@pytest.fixture
def keep(store, document):
    """Stores a page that was read."""

    def keep(page, text="", *, blocks=(), lines=()):
        read = tuple(Line(text=line) for line in lines)
        block = Block(kind=BlockKind.TEXT, text=text or "\n".join(lines), lines=read)
        reading = PageReading(blocks=blocks or (block,), read_by="alpha")
        store.finish_page(document.id, page, reading=reading, attempts=(), width=8, height=9)

    return keep


@pytest.fixture
def find(store, document):
    def find(text, first=1, last=PAGES, *, backward=False):
        found = store.first_with([PageSpan(document.id, first, last, backward)], text)
        return found[1] if found is not None else None

    return find


def test_the_first_page_in_either_direction_is_found(keep, find):
    for page in (2, 3, 5):
        keep(page, lines=("A line.", "The keeper climbed."))
    assert find("keeper") == 2
    assert find("keeper", first=3) == 3
    assert find("keeper", backward=True) == 5
    assert find("keeper", last=4, backward=True) == 3
    assert find("lamp") is None
    assert find("keeper", first=6) is None


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("The KEEPER", "keeper"),
        ("the keeper", "KEEPER"),
        ("Straße", "strasse"),
        ("ﬁne ﬂour", "fine"),
        ("GRÜSSE", "grüße"),
        ("Ωmega", "ωMEGA"),
        ("\u212aelvin", "kelvin"),
    ],
)
def test_case_does_not_count(keep, find, printed, wanted):
    keep(4, printed)
    assert find(wanted) == 4


def test_the_users_text_is_searched_where_there_is_one(store, document, keep, find):
    keep(1, "The keeper")
    store.set_edit(document.id, 1, PageEdit((EditedLine("The sleeper"),)))
    assert find("keeper") is None
    assert find("sleeper") == 1


def test_a_table_is_searched_as_it_is_shown(store, document, keep, find):
    html = "<table><tr><td>Salt &amp; <b>cod</b></td><td>12</td></tr></table>"
    keep(3, blocks=(Block(kind=BlockKind.TABLE, text=html),))
    assert page_text(store.page(document.id, 3)) == "Salt & cod\t12"
    assert find("salt & cod") == 3
    assert find("<b>") is None


def test_what_a_record_says_besides_the_text_is_not_found(keep, find):
    keep(2, "x")
    assert find("alpha") is None


def test_of_a_record_only_the_text_is_decoded(store, keep, find, monkeypatch):
    for page in range(1, PAGES + 1):
        keep(page, f"Nothing but page {page}")
    decoded = []
    decode = store._file.decode
    monkeypatch.setattr(
        store._file, "decode", lambda blob, kind: decoded.append(kind) or decode(blob, kind)
    )
    assert find("page 4") == 4
    assert decoded == [page_search._ReadingText] * 4
