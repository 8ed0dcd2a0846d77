"""Files are written whole or not at all, and never over another unless told to."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.writing import ExportError, ExportExistsError, export_file, export_folder

TXT = EXPORTERS["txt"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_utf8_with_the_permissions_of_a_new_file(tmp_path, plain_document):
    export_file(tmp_path / "out.txt", exporter=TXT, documents=[plain_document])
    assert (tmp_path / "out.txt").read_bytes() == b"only\npage\n"
    (tmp_path / "other").touch()
    assert (tmp_path / "out.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_refuses_to_overwrite(tmp_path, plain_document):
    path = tmp_path / "out.txt"
    path.write_text("mine")
    with pytest.raises(ExportExistsError, match=r"out\.txt exists already; it was not"):
        export_file(path, exporter=TXT, documents=[plain_document])
    assert path.read_text() == "mine"
    assert names(tmp_path) == ["out.txt"]


def test_overwrites_when_told_to(tmp_path, plain_document):
    path = tmp_path / "out.txt"
    path.write_text("mine")
    path.chmod(0o640)
    export_file(path, exporter=TXT, documents=[plain_document], overwrite=True)
    assert path.read_text() == "only\npage\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["out.txt"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, plain_document):
    path = tmp_path / "out.txt"

    def pages():
        path.write_text("someone else's")
        yield from plain_document.pages

    document = msgspec.structs.replace(plain_document, pages=pages())
    with pytest.raises(ExportExistsError):
        export_file(path, exporter=TXT, documents=[document])
    assert path.read_text() == "someone else's"
    assert names(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_error_on_the_way_leaves_things_as_they_were(tmp_path, plain_document, overwrite):
    path = tmp_path / "out.txt"
    if overwrite:
        path.write_text("mine")

    def pages():
        yield from plain_document.pages
        raise ValueError("the database went away")

    document = msgspec.structs.replace(plain_document, pages=pages())
    with pytest.raises(ValueError, match="went away"):
        export_file(path, exporter=TXT, documents=[document], overwrite=overwrite)
    assert names(tmp_path) == (["out.txt"] if overwrite else [])
    assert not overwrite or path.read_text() == "mine"


def test_a_full_disk_is_one_sentence(tmp_path, plain_document, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "out.txt"
    path.write_text("mine")
    with pytest.raises(ExportError, match="the disk is full"):
        export_file(path, exporter=TXT, documents=[plain_document], overwrite=True)
    assert path.read_text() == "mine"
    assert names(tmp_path) == ["out.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_disk(tmp_path, plain_document, monkeypatch):
    opened = Path.open

    def open_full(path: Path, *arguments, **keywords):
        if path.suffix == ".part":
            opened(path, "x").close()
            return opened(Path("/dev/full"), "w")
        return opened(path, *arguments, **keywords)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(ExportError, match="the disk is full"):
        export_file(tmp_path / "out.txt", exporter=TXT, documents=[plain_document])
    assert names(tmp_path) == []


def test_a_process_that_dies_leaves_no_half_file(tmp_path):
    program = """
import os, sys
from pathlib import Path
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.writing import export_file

def pages():
    for number in range(1, 2000):
        yield PageRecord(number=number, state=PageState.DONE,
                         edit=PageEdit(lines=(EditedLine("x" * 100),)))
    os._exit(9)

export_file(Path(sys.argv[1]), exporter=EXPORTERS["txt"], overwrite=True,
            documents=[ExportDocument(title="t", path="p", page_count=1, pages=pages())])
"""
    path = tmp_path / "out.txt"
    path.write_text("mine")
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_text() == "mine"
    assert not [name for name in names(tmp_path) if name.endswith(".txt") and name != "out.txt"]


def test_a_missing_folder_is_one_sentence(tmp_path, plain_document):
    with pytest.raises(ExportError, match="there is no folder"):
        export_file(tmp_path / "no" / "out.txt", exporter=TXT, documents=[plain_document])


def test_a_folder_or_device_is_not_replaced(tmp_path, plain_document):
    with pytest.raises(ExportError, match="is not a file that can be replaced"):
        export_file(tmp_path, exporter=TXT, documents=[plain_document], overwrite=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo")
        with pytest.raises(ExportError, match="is not a file that can be replaced"):
            export_file(tmp_path / "fifo", exporter=TXT, documents=[plain_document], overwrite=True)


def test_a_link_is_followed(tmp_path, plain_document):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    export_file(tmp_path / "link.txt", exporter=TXT, documents=[plain_document], overwrite=True)
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "only\npage\n"


def test_links_in_a_circle_are_one_sentence(tmp_path, plain_document):
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    with pytest.raises(ExportError, match=r"a\.txt"):
        export_file(tmp_path / "a.txt", exporter=TXT, documents=[plain_document])


def test_one_file_for_each_document(tmp_path, plain_document, broken_document):
    documents = [plain_document, msgspec.structs.replace(plain_document, title="one.pdf")]
    paths = export_folder(tmp_path / "new" / "out", exporter=TXT, documents=documents)
    assert [path.name for path in paths] == ["one.txt", "one (2).txt"]
    assert all(path.read_text() == "only\npage\n" for path in paths)


def test_none_is_written_when_one_is_there(tmp_path, plain_document):
    (tmp_path / "two.txt").write_text("mine")
    documents = [plain_document, msgspec.structs.replace(plain_document, title="two.png")]
    with pytest.raises(ExportExistsError) as caught:
        export_folder(tmp_path, exporter=TXT, documents=documents)
    assert caught.value.paths == (tmp_path / "two.txt",)
    assert names(tmp_path) == ["two.txt"]


def test_documents_may_come_from_a_generator(tmp_path, plain_document):
    documents = (ExportDocument(t, t, 1, plain_document.pages) for t in ("a.png", "b.png"))
    export_file(tmp_path / "all.txt", exporter=TXT, documents=documents, titled=True)
    assert (tmp_path / "all.txt").read_text() == (
        "==> a.png <==\n\nonly\npage\n\n==> b.png <==\n\nonly\npage\n"
    )
