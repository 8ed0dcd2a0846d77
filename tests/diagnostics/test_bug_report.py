"""What a report for a bug holds, and what it does not."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from doubles.engine_script import EngineScript
from doubles.secret_pages import SECRET
from textlift.content.attempt import Attempt, FailureKind, Repetition
from textlift.content.generation import Generation
from textlift.diagnostics.bug_report import (
    ReportError,
    ReportPart,
    described_attempt,
    readme_part,
    write_report,
)
from textlift.sessions.store import SessionStore
from textlift.settings import user_folders

_PROGRAM = """
import sys
from pathlib import Path
from doubles.engine_script import EngineScript
from textlift import cli
from textlift.commands import user_settings

registry = EngineScript.load(Path(sys.argv.pop(1))).registry
user_settings.installed_engines = lambda settings: registry
cli.main()
"""


def report(script: EngineScript, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(script.folder), "report", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def session(troubled: EngineScript, secret_pdf: Path, tmp_path: Path) -> Path:
    """A session in which the pages with a secret were read, in part."""
    folders = user_folders()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "doubles.driven_run", str(troubled.folder)),
            *(str(folders.session_file), str(tmp_path / "cache"), str(secret_pdf)),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    with closing(SessionStore(folders.session_file)) as store:
        # It is all in there, so that something could come out.
        told = [msgspec.json.encode(store.page(1, page)).decode() for page in range(1, 6)]
        assert all(SECRET in one for one in (told[0], told[1], told[2], told[3]))
        assert SECRET in next(iter(store.documents())).title
    return folders.session_file


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_nothing_of_a_page_and_no_name_is_in_it(session, troubled, tmp_path, monkeypatch):
    settings = {
        "proxy": f"http://me:{SECRET}@proxy.example:8080",
        "hub_endpoint": f"https://{SECRET}@mirror.example",
        "output_folder": f"/media/{SECRET}",
        "tesseract_path": f"{Path.home()}/bin/tesseract",
    }
    folders = user_folders()
    folders.config.mkdir(parents=True, exist_ok=True)
    folders.settings_file.write_text(json.dumps(settings))
    done = report(troubled, tmp_path / "report.zip")
    assert done.returncode == 0, done.stderr
    files = contents(tmp_path / "report.zip")
    for name, content in files.items():
        assert SECRET.encode() not in content, name
        assert SECRET not in name
        assert f"{Path.home()}/".encode() not in content, name
    assert SECRET not in done.stderr
    assert set(files) == {"README.txt", "doctor.txt", "settings.json", "attempts.json"}
    assert b"It holds no image and no text of a page." in files["README.txt"]
    kept = json.loads(files["settings.json"])
    assert kept["proxy"] == "http://proxy.example:8080"
    assert kept["tesseract_path"] == "~/bin/tesseract"
    attempts = json.loads(files["attempts.json"])
    assert attempts["documents"][0]["format"] == "PDF"
    assert attempts["documents"][0]["pages"] == 5
    fourth = next(one for one in attempts["tries"] if one["page"] == 4)
    assert {one["failure"] for one in fourth["attempts"]} == {"ran-away", "malformed"}
    third = next(one for one in attempts["tries"] if one["page"] == 3)
    assert "ValueError" in third["attempts"][0]["details"]
    assert attempts["models"][0]["engine"] == "automatic"


def test_pages_are_in_it_when_they_are_asked_for(session, troubled, tmp_path):
    done = report(troubled, tmp_path, "--pages", "--text")
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("textlift-report-*.zip")
    files = contents(path)
    # The first page came out well, and helps nobody.
    assert {name for name in files if name.startswith("pages/")} == {
        f"pages/document-1-page-{page}.{kind}"
        for page in range(2, 6)
        for kind in ("png", "txt", "json")
    }
    assert SECRET.encode() in files["pages/document-1-page-2.txt"]
    assert files["pages/document-1-page-2.png"].startswith(b"\x89PNG")
    assert b"It holds images or text of pages, because that was ticked:" in files["README.txt"]
    assert b"  pages/document-1-page-2.png\n" in files["README.txt"]
    for name in ("doctor.txt", "attempts.json"):
        assert SECRET.encode() not in files[name]


def test_images_alone_are_images_alone(session, troubled, tmp_path):
    assert report(troubled, tmp_path / "report.zip", "--pages").returncode == 0
    names = contents(tmp_path / "report.zip")
    assert {Path(name).suffix for name in names if name.startswith("pages/")} == {".png"}


def test_a_report_needs_no_session_and_replaces_no_file(script, tmp_path):
    script.engine("automatic")
    path = tmp_path / "report.zip"
    assert report(script, path).returncode == 0
    assert set(contents(path)) == {"README.txt", "doctor.txt", "settings.json"}
    assert not user_folders().session_file.exists()
    before = path.read_bytes()
    again = report(script, path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert path.read_bytes() == before


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(ReportError, match="cannot be saved there"):
        write_report(tmp_path / "nowhere" / "report.zip", [])
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "folder.zip" / "file").touch()
    with pytest.raises(ReportError, match="cannot be saved"):
        write_report(tmp_path / "folder.zip", [ReportPart("a.txt", "A.", b"a")])
    assert [path.name for path in tmp_path.iterdir()] == ["folder.zip"]


def test_an_attempt_is_told_by_its_numbers():
    attempt = Attempt(
        "dots",
        "cuda:0",
        1.0,
        2.0,
        failure=FailureKind.RAN_AWAY,
        sentence=f"It repeated “{SECRET}”.",
        details=f"{SECRET}\nexit code: 1",
        partial=SECRET,
        generation=Generation(mode="layout", tokens=7),
        lacking_memory=5,
        repetition=Repetition(times=9),
    )
    assert described_attempt(attempt) == {
        "engine": "dots",
        "device": "cuda:0",
        "started_at": 1.0,
        "seconds": 2.0,
        "failure": "ran-away",
        "lacking_memory": 5,
        "repetition": {"times": 9},
        "generation": {"mode": "layout", "tokens": 7},
        "characters_before": len(SECRET),
        "details": [
            "exit code: 1",
            "(1 line is left out: text of the page might be in there.)",
        ],
    }


def test_the_readme_names_every_file():
    parts = [
        ReportPart("a.txt", "What a is.", b""),
        ReportPart("p.png", "Page.", b"", private=True),
    ]
    text = readme_part(parts).content.decode()
    assert "a.txt\n    What a is.\n" in text
    assert "because that was ticked:\n  p.png\n" in text
