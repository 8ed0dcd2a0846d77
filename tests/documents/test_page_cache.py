from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from doubles.pages import draw_page
from textlift.documents.drawn_page import DrawnPage
from textlift.documents.failures import ReaderError
from textlift.documents.messages import DocumentFailure, Fingerprint
from textlift.documents.page_cache import PageCache, page_key

MARK = Fingerprint(10, 20)


def key(page: int) -> str:
    return page_key("/a/scan.pdf", MARK, page, within=0, protected=False)


def drawn(number: int, **options) -> DrawnPage:
    return DrawnPage(image=draw_page(number), **options)


def grow_old(path: str | Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_page_is_found_as_it_was_stored(tmp_path):
    stored = PageCache(tmp_path).store(key(1), drawn(1, dpi=200, defect="A part is missing."))

    found = PageCache(tmp_path).find(key(1))

    assert found == stored
    assert found.dpi == 200
    assert found.ink > 0
    assert found.defect == "A part is missing."
    with Image.open(found.path) as image:
        assert image.size == (found.width, found.height) == (300, 400)
        assert image.format == "PNG"


def test_another_page_file_size_or_password_is_another_key():
    keys = {
        key(1),
        key(2),
        page_key("/a/other.pdf", MARK, 1, within=0, protected=False),
        page_key("/a/scan.pdf", Fingerprint(11, 20), 1, within=0, protected=False),
        page_key("/a/scan.pdf", Fingerprint(10, 21), 1, within=0, protected=False),
        page_key("/a/scan.pdf", MARK, 1, within=160, protected=False),
        page_key("/a/scan.pdf", MARK, 1, within=0, protected=True),
        page_key("/a/\udce9.pdf", MARK, 1, within=0, protected=False),
    }

    assert len(keys) == 8


def test_a_damaged_file_is_not_found(tmp_path):
    cache = PageCache(tmp_path)
    path = Path(cache.store(key(1), drawn(1)).path)
    content = path.read_bytes()

    for damaged in (content[:-20], b"", b"not a picture" + content[-8:]):
        path.write_bytes(damaged)
        assert cache.find(key(1)) is None


def test_blank_pages_share_one_file(tmp_path):
    cache = PageCache(tmp_path)
    blank = DrawnPage(image=Image.new("L", (300, 400), 255), dpi=200)

    first, second = cache.store(key(1), blank), cache.store(key(2), blank)

    assert first == second
    assert first.ink == 0
    assert len(list(tmp_path.iterdir())) == 1
    assert cache.store(key(3), DrawnPage(image=Image.new("L", (300, 400), 0), dpi=200)) != first


def test_a_damaged_blank_page_keeps_its_remark_to_itself(tmp_path):
    cache = PageCache(tmp_path)
    image = Image.new("L", (300, 400), 255)

    cache.store(key(1), DrawnPage(image=image, defect="A part is missing."))

    assert cache.store(key(2), DrawnPage(image=image)).defect == ""


def test_the_least_recently_used_go_first(tmp_path):
    cache = PageCache(tmp_path)
    pages = [cache.store(key(number), drawn(number)) for number in range(6)]
    for age, page in enumerate(reversed(pages)):
        grow_old(page.path, 1000 + age)
    assert cache.find(key(0)) is not None  # Used just now.
    size = sum(path.stat().st_size for path in tmp_path.iterdir())

    PageCache(tmp_path, max_bytes=size // 2)

    left = [number for number in range(6) if cache.find(key(number)) is not None]
    assert left[0] == 0
    assert left[-1] == 5
    assert len(left) < 4


def test_a_page_in_use_is_never_deleted(tmp_path):
    cache = PageCache(tmp_path)
    page = cache.store(key(1), drawn(1))

    cache.clean(0)

    assert Path(page.path).exists()


def test_it_cleans_up_while_it_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("textlift.documents.page_cache._CHECK_EVERY", 10_000)
    cache = PageCache(tmp_path, max_bytes=20_000, in_use=0)

    for number in range(60):
        cache.store(key(number), drawn(number))

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 40_000


def test_what_a_dead_reader_left_half_written_goes(tmp_path):
    old, new = tmp_path / "x.png.1-0.part", tmp_path / "y.png.2-0.part"
    for path in (old, new):
        path.write_bytes(b"half")
    grow_old(old, 1000)

    PageCache(tmp_path)

    assert not old.exists()
    assert new.exists()


def test_files_that_are_not_its_own_stay(tmp_path):
    own = tmp_path / "notes.txt"
    own.write_text("mine")
    grow_old(own, 100_000)

    PageCache(tmp_path).clean(0)

    assert own.exists()


def test_a_full_disk_is_a_sentence_and_leaves_nothing_behind(tmp_path, monkeypatch):
    cache = PageCache(tmp_path)

    def no_room(self, stream, *rest, **options):
        Path(stream).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", no_room)
    with pytest.raises(ReaderError) as caught:
        cache.store(key(1), drawn(1))

    assert caught.value.failure is DocumentFailure.CACHE_FULL
    assert "disk is full" in caught.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_helped_by_deleting_old_pages(tmp_path, monkeypatch):
    cache = PageCache(tmp_path)
    old = Path(cache.store(key(1), drawn(1)).path)
    grow_old(old, 1000)
    save = Image.Image.save

    def room_without_the_old(self, *rest, **options):
        if old.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        save(self, *rest, **options)

    monkeypatch.setattr(Image.Image, "save", room_without_the_old)

    assert Path(cache.store(key(2), drawn(2)).path).exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ReaderError) as caught:
        PageCache(tmp_path / "file" / "cache")

    assert caught.value.failure is DocumentFailure.CACHE_FULL


def test_a_cache_that_was_deleted_under_it_is_made_again(tmp_path):
    cache = PageCache(tmp_path / "pages")
    (tmp_path / "pages").rmdir()

    assert Path(cache.store(key(1), drawn(1)).path).exists()
