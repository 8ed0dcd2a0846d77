"""The reader through its real process."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from pathlib import Path

import msgspec
import pikepdf
import psutil
import pytest
from PIL import Image

from doubles.pages import draw_page, drawn_number, make_image, make_pdf
from doubles.raw_pdf import page_bytes, text_content, write_blank_pdf, write_text_pdf
from textlift.documents.client import DocumentError, DocumentReader
from textlift.documents.messages import DocumentFailure
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and pipes")


def test_find_open_and_render(reader, tmp_path, cache_folder):
    (tmp_path / "in").mkdir()
    make_pdf(tmp_path / "in" / "scan.pdf", 3)
    make_image(tmp_path / "in" / "photo.png", 7)

    found = reader.find_files((str(tmp_path / "in"),))
    documents = [reader.open(path) for path in found.paths]

    assert [document.format for document in documents] == ["PNG", "PDF"]
    assert [document.page_count for document in documents] == [1, 3]
    numbers = []
    for document in documents:
        for page in range(1, document.page_count + 1):
            image = reader.render(document, page)
            assert Path(image.path).parent == cache_folder
            assert image.ink > 0
            numbers.append(drawn_number(Path(image.path)))
    assert numbers == [7, 1, 2, 3]


def test_a_relative_path_becomes_absolute(reader, tmp_path, monkeypatch):
    make_image(tmp_path / "a.png")
    monkeypatch.chdir(tmp_path)

    assert reader.open("a.png").path == str(tmp_path / "a.png")


def test_a_page_is_drawn_once(reader, tmp_path):
    document = reader.open(str(make_pdf(tmp_path / "a.pdf", 1)))

    first = reader.render(document, 1)
    written = Path(first.path).stat().st_ino
    second = reader.render(document, 1)

    assert first == second
    assert Path(second.path).stat().st_ino == written


def test_a_thumbnail_is_small_and_another_file(reader, tmp_path):
    document = reader.open(str(make_image(tmp_path / "a.png")))

    small = reader.thumbnail(document, 1, size=80)

    assert (small.width, small.height) == (60, 80)
    assert small.path != reader.render(document, 1).path


def test_the_text_of_a_pdf(reader, tmp_path):
    pdf = reader.open(str(write_text_pdf(tmp_path / "a.pdf", "Hostile sample 4711")))
    image = reader.open(str(make_image(tmp_path / "a.png")))

    layer = reader.text_layer(pdf, 1)

    assert layer.reading.text == "Hostile sample 4711"
    assert reader.text_layer(image, 1).reading is None


def test_a_page_that_is_not_there(reader, tmp_path):
    document = reader.open(str(make_pdf(tmp_path / "a.pdf", 2)))

    for page in (0, 3, -1):
        with pytest.raises(DocumentError) as caught:
            reader.render(document, page)
        assert caught.value.failure is DocumentFailure.NOT_FOUND


def test_password_flow(reader, tmp_path):
    path = str(tmp_path / "protected.pdf")
    with pikepdf.open(io.BytesIO(page_bytes(text_content("secret 4711")))) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="secret", owner="owner", R=6))

    with pytest.raises(DocumentError) as none:
        reader.open(path)
    with pytest.raises(DocumentError) as wrong:
        reader.open(path, password="guess")
    document = reader.open(path, password="secret")
    page = reader.render(document, 1, password="secret")

    assert none.value.failure is DocumentFailure.NEEDS_PASSWORD
    assert wrong.value.failure is DocumentFailure.WRONG_PASSWORD
    assert page.ink > 0
    assert reader.text_layer(document, 1, password="secret").reading.text == "secret 4711"
    # Although the page is in the cache now:
    for password, failure in (
        ("", DocumentFailure.NEEDS_PASSWORD),
        ("guess", DocumentFailure.WRONG_PASSWORD),
    ):
        with pytest.raises(DocumentError) as caught:
            reader.render(document, 1, password=password)
        assert caught.value.failure is failure


def test_a_file_that_changes_or_goes_while_it_is_read(reader, tmp_path):
    path = make_pdf(tmp_path / "a.pdf", 3)
    document = reader.open(str(path))
    reader.render(document, 1)

    make_pdf(path, 2, text="other")
    with pytest.raises(DocumentError) as changed:
        reader.render(document, 2)
    with pytest.raises(DocumentError) as changed_in_cache:
        reader.render(document, 1)
    again = reader.open(str(path))
    path.unlink()
    with pytest.raises(DocumentError) as deleted:
        reader.render(again, 1)

    assert changed.value.failure is DocumentFailure.CHANGED
    assert changed_in_cache.value.failure is DocumentFailure.CHANGED
    assert again.page_count == 2
    assert deleted.value.failure is DocumentFailure.NOT_FOUND


@posix
def test_a_name_that_is_no_text(reader, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/latin1_\xe9_\xff.png")
    try:
        Path(path).write_bytes(make_image(tmp_path / "a.png", 9).read_bytes())
    except OSError:
        pytest.skip("this file system takes text only")
    (tmp_path / "a.png").unlink()

    found = reader.find_files((str(tmp_path),))
    document = reader.open(found.paths[0])

    assert document.path == path
    assert drawn_number(Path(reader.render(document, 1).path)) == 9


def test_two_readers_share_a_cache(reader, tmp_path, cache_folder):
    path = str(make_pdf(tmp_path / "a.pdf", 12))
    other = DocumentReader(cache_folder)
    images = {}

    def read(which: DocumentReader, name: str) -> None:
        document = which.open(path)
        images[name] = [which.render(document, page) for page in range(1, 13)]

    threads = [
        threading.Thread(target=read, args=(which, name))
        for which, name in ((reader, "window"), (other, "run"))
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        other.close()

    assert images["window"] == images["run"]
    assert [drawn_number(Path(image.path)) for image in images["run"]] == list(range(1, 13))


def test_a_reader_that_was_killed_is_started_again(reader, tmp_path):
    document = reader.open(str(make_pdf(tmp_path / "a.pdf", 2)))
    first = reader.pid

    psutil.Process(first).kill()
    image = reader.render(document, 2)

    assert drawn_number(Path(image.path)) == 2
    assert reader.pid != first


def recursive_form() -> bytes:
    """A drawing that draws itself twice, for ever: PDFium takes all memory there is."""
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</X 6 0 R>>>>"
        b"/Length 11>>stream\n/X Do /X Do\nendstream"
    )
    return page_bytes(b"/X Do", resources=b"/XObject<</X 6 0 R>>", others=(form,))


@posix
def test_killed_in_the_middle_of_a_call(reader, tmp_path):
    (tmp_path / "endless.pdf").write_bytes(recursive_form())
    endless = reader.open(str(tmp_path / "endless.pdf"))
    good = reader.open(str(make_pdf(tmp_path / "good.pdf", 1)))
    errors = []

    def render() -> None:
        try:
            reader.render(endless, 1)
        except DocumentError as error:
            errors.append(error)

    thread = threading.Thread(target=render)
    thread.start()
    # It is asked once more when it died soon, so one kill may not be enough.
    kills = 0
    while thread.is_alive():
        busy = busy_pid(reader)
        if busy is not None:
            os.kill(busy, signal.SIGKILL)
            kills += 1
        thread.join(timeout=0.02)

    assert kills in {1, 2}
    assert [error.failure for error in errors] == [DocumentFailure.CRASHED]
    assert drawn_number(Path(reader.render(good, 1).path)) == 1


def busy_pid(reader: DocumentReader) -> int | None:
    """The reader's process once it works hard on the endless drawing."""
    pid = reader.pid
    try:
        return pid if pid is not None and psutil.Process(pid).memory_info().rss > 150e6 else None
    except psutil.NoSuchProcess:
        return None


@posix
@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the system keeps no such limit")
def test_a_drawing_without_end_stops_at_the_limit_of_memory(reader, tmp_path):
    (tmp_path / "endless.pdf").write_bytes(recursive_form())
    document = reader.open(str(tmp_path / "endless.pdf"))
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            try:
                peak = max(peak, psutil.Process(reader.pid or os.getpid()).memory_info().rss)
            except psutil.NoSuchProcess:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    with pytest.raises(DocumentError) as caught:
        reader.render(document, 1)
    done.set()
    watcher.join()

    assert caught.value.failure in {
        DocumentFailure.CRASHED,
        DocumentFailure.OUT_OF_MEMORY,
        DocumentFailure.TIMED_OUT,
    }
    assert 300e6 < peak < 2_600e6
    assert drawn_number(Path(reader.render(good_page(reader, tmp_path), 1).path)) == 3


def good_page(reader: DocumentReader, folder: Path):
    return reader.open(str(make_image(folder / "good.png", 3)))


@posix
def test_stop_stops_in_the_middle_of_a_page(reader, tmp_path):
    (tmp_path / "endless.pdf").write_bytes(recursive_form())
    document = reader.open(str(tmp_path / "endless.pdf"))
    cancellation = Cancellation()
    stopper = threading.Timer(0.3, cancellation.cancel)
    stopper.start()
    started = time.monotonic()

    with pytest.raises(ProcessCancelled):
        reader.render(document, 1, cancellation=cancellation)

    assert time.monotonic() - started < 3
    stopper.join()
    assert reader.render(good_page(reader, tmp_path), 1).ink > 0


def test_blank_pages_cost_next_to_nothing(reader, tmp_path, cache_folder):
    document = reader.open(str(write_blank_pdf(tmp_path / "blank.pdf", 10_000)))
    assert document.page_count == 10_000

    started = time.monotonic()
    images = [reader.render(document, page) for page in range(1, 10_001, 20)]
    seconds = time.monotonic() - started

    assert all(image.ink == 0 for image in images)
    assert seconds / len(images) < 0.03
    assert len(list(cache_folder.iterdir())) == 1


@posix
def test_the_process_has_limits(reader, tmp_path):
    reader.open(str(make_image(tmp_path / "a.png")))
    if not hasattr(psutil.Process, "rlimit"):
        pytest.skip("this system does not tell")
    process = psutil.Process(reader.pid)

    assert process.rlimit(psutil.RLIMIT_AS)[0] < 2_500_000_000
    assert process.rlimit(psutil.RLIMIT_FSIZE)[0] <= 1_000_000_000
    assert process.rlimit(psutil.RLIMIT_CORE)[0] == 0


def test_a_cache_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    reader = DocumentReader(tmp_path / "file" / "cache")

    with pytest.raises(DocumentError) as caught:
        reader.open(str(make_image(tmp_path / "a.png")))
    reader.close()

    assert caught.value.failure is DocumentFailure.CACHE_FULL


def test_documents_are_plain_data(reader, tmp_path):
    document = reader.open(str(make_image(tmp_path / "a.png")))

    assert msgspec.json.decode(msgspec.json.encode(document), type=type(document)) == document


def test_a_reader_works_again_after_it_was_closed(reader, tmp_path):
    document = reader.open(str(make_image(tmp_path / "a.png")))
    reader.close()

    assert reader.pid is None
    assert reader.render(document, 1).ink > 0
    with Image.open(reader.render(document, 1).path) as image:
        assert image.size == draw_page(1).size
