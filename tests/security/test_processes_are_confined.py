"""The processes that the program starts are the confined ones, and do their work."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import psutil
import pytest

from doubles.confined import needs_filter, needs_landlock
from doubles.engine_script import EngineScript
from textlift.diagnostics.protections import ROLES, protection_lines, try_role
from textlift.documents.client import DocumentReader
from textlift.downloads.client import Downloads
from textlift.engines.contract import EngineOptions
from textlift.engines.process import EngineProcess
from textlift.inspection.client import PageInspector
from textlift.processes.cancellation import Cancellation
from textlift.shipped import sample_document

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells"),
    needs_filter,
]


def filtered(pid: int | None) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    return "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status


@pytest.fixture
def reader(tmp_path: Path):
    reader = DocumentReader(tmp_path / "cache")
    yield reader
    reader.close()


def test_reader_and_inspector(reader: DocumentReader):
    document = reader.open(str(sample_document()))
    page = reader.render(document, 1)
    assert filtered(reader.pid)
    inspector = PageInspector(threads=1)
    try:
        assert inspector.look(page, cancellation=Cancellation()).lines
        assert filtered(inspector.pid)
    finally:
        inspector.close()


def test_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = EngineScript(tmp_path / "script")
    for name, value in script.environment.items():
        monkeypatch.setenv(name, value)
    script.engine("one")
    process = EngineProcess(script.registry.entry("one"), EngineOptions())
    try:
        process.load()
        assert filtered(process.process.pid)
    finally:
        process.kill()
        script.close()


def test_only_the_downloads_keep_their_network():
    downloads = Downloads()
    try:
        downloads.token_state()
        assert not filtered(downloads.pid)
        assert psutil.Process(downloads.pid).rlimit(psutil.RLIMIT_CORE) == (0, 0)
    finally:
        downloads.close()


@needs_landlock
def test_a_page_cache_that_was_deleted_costs_nothing(reader: DocumentReader, tmp_path: Path):
    """The reader may write to the folder it found, not to one made in its place."""
    document = reader.open(str(sample_document()))
    first = reader.render(document, 1)
    shutil.rmtree(tmp_path / "cache")
    again = reader.render(document, 1)
    assert again.path == first.path
    assert Path(again.path).exists()


@needs_landlock
@pytest.mark.parametrize("role", ROLES)
def test_doctor_tries_what_is_forbidden(role: str):
    tried = try_role(role)
    assert tried.protections.calls
    assert tried.protections.writes >= 1
    assert not tried.connects
    assert not tried.writes


def test_doctor_says_when_nothing_holds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEXTLIFT_CONFINEMENT", "off")
    for line in protection_lines():
        assert "CAN OPEN CONNECTIONS" in line
        assert "CAN WRITE ANYWHERE" in line
        assert "switched off by TEXTLIFT_CONFINEMENT" in line
