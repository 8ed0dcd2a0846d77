"""``textlift ocr`` with scripted engines: what is written where, and the exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from doubles.engine_script import EXIT, KILL, WARN, WRONG_SCRIPT, meeting
from doubles.pages import draw_page, make_pdf
from textlift.commands import opening
from textlift.commands.terminal import Terminal
from textlift.settings import Settings, save_settings, user_folders


def test_text_on_standard_output(run, files):
    result = run("ocr", files / "a.png")
    assert result.stdout == "Page 1 read by automatic.\n"
    assert result.stderr == "1 page read.\n"
    assert result.exit_code == 0


def test_quiet_says_nothing(run, files):
    result = run("ocr", "-q", files / "a.png")
    assert (result.stdout, result.stderr) == ("Page 1 read by automatic.\n", "")


def test_several_files_have_headings_and_a_folder_is_searched(run, files):
    (files / "bad.pdf").unlink()
    result = run("ocr", files)
    assert result.stdout == (
        "==> a.png <==\n\nPage 1 read by automatic.\n\n"
        "==> b.pdf <==\n\nPage 2 read by automatic.\n\nPage 3 read by automatic.\n\n"
        "Page 4 read by automatic.\n"
    )
    assert result.exit_code == 0


def test_a_bad_file_stops_no_other(run, files):
    result = run("ocr", files / "missing.png", files / "bad.pdf", files / "a.png")
    assert result.exit_code == 1
    assert result.stdout.endswith("==> a.png <==\n\nPage 1 read by automatic.\n")
    missing, bad, total = result.stderr.splitlines()
    assert missing.startswith(f"{files}/missing.png: ")
    assert bad.startswith(f"{files}/bad.pdf: ")
    assert total == "1 page read."
    assert "bad.pdf could not be opened." in result.stdout


def test_nothing_is_written_when_nothing_opens(run, files, tmp_path):
    result = run("ocr", files / "bad.pdf", "-o", tmp_path / "out.txt")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert not (tmp_path / "out.txt").exists()


def test_a_failed_page_is_named_and_marked(run, script, files):
    script.engine("automatic", pages={3: WRONG_SCRIPT})
    result = run("ocr", files / "b.pdf")
    assert result.exit_code == 1
    assert "[Page 2 could not be read. This page is in a script" in result.stdout
    assert "Page 4 read by automatic." in result.stdout
    assert result.stderr.splitlines() == [
        f"{files}/b.pdf, page 2: This page is in a script this model cannot read.",
        "2 pages read, 1 failed.",
    ]


def test_done_with_warnings_counts_as_done(run, script, files):
    script.engine("automatic", default=WARN)
    result = run("ocr", files / "a.png")
    assert result.exit_code == 0
    assert result.stderr == "1 page read, 1 of them with something to check.\n"


def test_a_note_says_what_is_left_to_check_unless_told_not_to(run, script, files, tmp_path):
    script.engine("automatic", pages={3: WARN})
    note = (
        "[1 thing is left to check; this note is not part of the text]\n"
        "[Page 2: The second line is hard to read.]\n"
    )
    assert run("ocr", files / "b.pdf").stdout.endswith(f"{'-' * 72}\n{note}")
    assert run("ocr", files / "b.pdf", "--no-note").stdout.endswith("Page 4 read by automatic.\n")
    for name in ("out.txt", "folder/"):
        run("ocr", files / "b.pdf", "-o", f"{tmp_path}/{name}")
    assert (tmp_path / "out.txt").read_text().endswith(note)
    assert (tmp_path / "folder" / "b.txt").read_text().endswith(note)
    save_settings(Settings(note_checks=False), user_folders().settings_file)
    assert "left to check" not in run("ocr", files / "b.pdf").stdout
    assert "left to check" in run("ocr", files / "b.pdf", "--note").stdout


def test_another_model_takes_over_unless_told_not_to(run, script, files):
    script.engine("automatic", default=KILL)
    script.engine("tesseract")
    result = run("ocr", files / "a.png")
    assert (result.stdout, result.exit_code) == ("Page 1 read by tesseract.\n", 0)
    assert result.stderr == "1 page read, 1 of them after a model had failed.\n"
    result = run("ocr", files / "a.png", "--no-fallback")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 2)
    assert f"{files}/a.png: Engine automatic stopped unexpectedly." in result.stderr


def test_a_chosen_model_is_asked_first(run, script, files):
    script.engine("tesseract")
    result = run("ocr", files / "a.png", "--model", "tesseract")
    assert result.stdout == "Page 1 read by tesseract.\n"


def test_pages_and_languages_are_passed_on(run, script, files):
    result = run("ocr", files / "b.pdf", "--pages", "3,1", "--lang", "ru,English")
    assert result.stdout == "Page 2 read by automatic.\n\nPage 4 read by automatic.\n"
    assert [told.languages for told in script.told()] == [("rus", "eng")] * 2


def test_a_document_without_the_pages_asked_for(run, files):
    result = run("ocr", files / "a.png", files / "b.pdf", "--pages", "2-")
    assert result.exit_code == 1
    assert f"{files}/a.png: It has one page, none of those asked for." in result.stderr
    assert "Page 3 read" in result.stdout


def test_json_for_a_script(run, files):
    result = run("ocr", files / "b.pdf", "--format", "json", "--pages", "2")
    (document,) = json.loads(result.stdout)["documents"]
    assert (document["title"], document["page_count"]) == ("b.pdf", 3)
    assert [page["number"] for page in document["pages"]] == [2]


def test_one_file_in_the_format_of_its_name(run, files, tmp_path):
    result = run("ocr", files / "a.png", "-o", tmp_path / "out.md")
    assert (tmp_path / "out.md").read_text() == (
        "<!-- page 1; read by automatic -->\n\nPage 1 read by automatic.\n"
    )
    assert result.stdout == ""
    assert result.stderr == f"1 page read. Saved in {tmp_path}/out.md.\n"


def test_text_is_printed_as_well_as_saved(run, files, tmp_path):
    result = run("ocr", files / "a.png", "-f", "md", "-o", f"{tmp_path}/out/", "--print")
    assert result.stdout == "Page 1 read by automatic.\n"
    assert (tmp_path / "out" / "a.md").read_text().endswith("-->\n\nPage 1 read by automatic.\n")


def test_one_file_for_each_document(run, files, tmp_path):
    draw_page(5).save(files / "a.jpg")
    result = run("ocr", files, "-o", f"{tmp_path}/out/")
    assert result.exit_code == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "a.txt",
        "a (2).txt",
        "b.txt",
    }
    assert (tmp_path / "out" / "b.txt").read_text().startswith("Page 2 read by automatic.\n\nPage")
    assert f"Saved in 3 files in {tmp_path}/out." in result.stderr


def test_a_file_that_is_there_stays(run, files, tmp_path):
    out = tmp_path / "out.txt"
    out.write_text("mine")
    result = run("ocr", files / "a.png", "-o", out)
    assert result.exit_code == 2
    assert result.stderr == (
        f"{out} exists already; it was not overwritten. Use --overwrite to replace what is there.\n"
    )
    assert out.read_text() == "mine"
    assert run("ocr", files / "a.png", "-o", out, "--overwrite").exit_code == 0
    assert out.read_text() == "Page 1 read by automatic.\n"


def test_a_missing_folder_is_told_before_reading(run, script, files, tmp_path):
    result = run("ocr", files / "a.png", "-o", tmp_path / "no" / "out.txt")
    assert (result.exit_code, script.told()) == (2, [])
    assert result.stderr == f"There is no folder {tmp_path}/no.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "nosuch"], "There is no model called “nosuch”"),
        (["--format", "docx"], "There is no format called “docx”. Choose one of: txt, md, json."),
        (["--pages", "5-1"], "“5-1” runs backwards: write 1-5."),
        (["--pages", "one"], "“one” is no page or range of pages"),
        (["--lang", "klingon"], "The language “klingon” is not known."),
        (["--jobs", "0"], "--jobs"),
        (["--password-file", "/nowhere/at/all"], "/nowhere/at/all cannot be used: No such file"),
        (["--nosuch"], "No such option: --nosuch"),
    ],
)
def test_wrong_usage(run, script, files, arguments, sentence):
    result = run("ocr", files / "a.png", *arguments)
    assert (result.exit_code, result.stdout, script.told()) == (2, "", [])
    assert sentence in result.stderr


def test_no_files_is_wrong_usage(run):
    assert run("ocr").exit_code == 2


def test_names_that_are_hard_to_print(run, files, monkeypatch):
    monkeypatch.chdir(files)
    for name in (b"-o.png", b"two\nlines.png", b"byte\xff.png", b"red\x1b[31m.png"):
        draw_page(1).save(files / os.fsdecode(name))
    (files / "bad\x1b[31m\n.pdf").write_bytes(b"%PDF-nothing")
    for path in (files / "a.png", files / "b.pdf", files / "bad.pdf"):
        path.unlink()
    result = run("ocr", "--", "-o.png")
    assert result.stdout == "Page 1 read by automatic.\n"
    result = run("ocr", ".")
    assert result.stdout.count("Page 1 read by automatic.") == 4
    for shown in ("-o.png", "two\\nlines.png", "byte\\xff.png", "red\\x1b[31m.png"):
        assert f"==> {shown} <==" in result.stdout
    assert "\x1b" not in result.output
    assert result.stderr.splitlines()[0].startswith("bad\\x1b[31m\\n.pdf: ")


def test_a_broken_model_costs_one_document_and_not_the_batch(run, script, tmp_path):
    pages = dict.fromkeys(range(1, 10), EXIT)
    script.engine("automatic", pages=pages)
    make_pdf(tmp_path / "lost.pdf", 9)
    draw_page(20).save(tmp_path / "good.png")
    result = run("ocr", tmp_path / "lost.pdf", tmp_path / "good.png")
    assert result.exit_code == 1
    assert "Page 20 read by automatic." in result.stdout
    assert "[Pages 4 to 9 have not been read.]" in result.stdout
    assert "lost.pdf: 6 pages not tried. Reading stopped because 3 pages in a row" in result.stderr


def test_several_jobs_keep_the_order(run, script, tmp_path):
    # Else the first process may have read all before the second has started.
    first, second = script.make_gate("first"), script.make_gate("second")
    script.engine("automatic", pages={1: meeting(first, second), 2: meeting(second, first)})
    make_pdf(tmp_path / "many.pdf", 8)
    result = run("ocr", tmp_path / "many.pdf", "--jobs", "2")
    assert result.stdout.split("\n\n") == [
        *(f"Page {number} read by automatic." for number in range(1, 8)),
        "Page 8 read by automatic.\n",
    ]
    assert script.loads("automatic") == 2


def test_nothing_is_left_behind(run, files, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    run("ocr", files)
    assert list(temporary.iterdir()) == []


def test_no_room_for_the_pages_read_is_one_sentence(run, script, files, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    result = run("ocr", files / "a.png")
    assert (result.exit_code, result.stdout, script.told()) == (1, "", [])
    assert "cannot be kept" in result.stderr
    assert len(result.stderr.splitlines()) == 1


class TestPasswords:
    @pytest.fixture
    def protected(self, tmp_path: Path) -> Path:
        pikepdf = pytest.importorskip("pikepdf")
        make_pdf(tmp_path / "plain.pdf", 1, first=7)
        with pikepdf.open(tmp_path / "plain.pdf") as pdf:
            encryption = pikepdf.Encryption(owner="owner", user="secret")
            pdf.save(tmp_path / "protected.pdf", encryption=encryption)
        return tmp_path / "protected.pdf"

    def test_from_a_file(self, run, protected, tmp_path):
        (tmp_path / "passwords").write_text("other\nsecret\n")
        result = run("ocr", protected, "--password-file", tmp_path / "passwords")
        assert (result.stdout, result.exit_code) == ("Page 7 read by automatic.\n", 0)

    def test_a_wrong_one_says_so(self, run, protected, tmp_path):
        (tmp_path / "passwords").write_text("other\n")
        result = run("ocr", protected, "--password-file", tmp_path / "passwords")
        assert (result.stdout, result.exit_code) == ("", 1)
        assert "password" in result.stderr
        assert "wrong" in result.stderr.lower()

    def test_without_one_it_says_what_to_do(self, run, protected):
        result = run("ocr", protected)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"{protected}: ")
        assert "--password-file" in result.stderr

    def test_asks_on_a_terminal(self, run, protected, monkeypatch):
        answers = iter(["wrong", "secret"])
        terminal = Terminal(asks=True, bar=False, text=False)
        monkeypatch.setattr("textlift.cli.look_at_terminal", lambda: terminal)
        monkeypatch.setattr(opening.getpass, "getpass", lambda prompt, stream: next(answers))
        result = run("ocr", protected)
        assert (result.stdout, result.exit_code) == ("Page 7 read by automatic.\n", 0)
        assert "wrong" in result.stderr.lower()


@pytest.mark.parametrize("check", [True, False])
def test_a_line_that_was_not_read_is_named_unless_told_not_to_look(run, script, tmp_path, check):
    script.engine("automatic", detects=False)
    page = draw_page(1, text="Page 1" + "\n" * 8 + "Nobody reads this line", size=(600, 400))
    page.save(tmp_path / "a.png")
    result = run("ocr", tmp_path / "a.png", "--check" if check else "--no-check")
    assert result.exit_code == 0
    assert ("not read" in result.stdout) is check
