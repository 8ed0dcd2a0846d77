"""Large models in the window: tiny ones that really read, and one that fails in every way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from safetensors.torch import load_file, save_file

from doubles import dictated_model as dictated
from doubles.dropping import drop, file_urls
from doubles.pages import draw_page
from textlift.content.attempt import FailureKind
from textlift.content.page import PageRecord, PageState
from textlift.engines.registry import Registry, installed_engines
from textlift.engines.vision_language.entries import folder_engine
from textlift.ui.reader_thread import PageKey
from tiny_models.checkpoints import CHECKPOINTS, write_checkpoint
from tiny_models.reading_matter import unseen_lines
from tiny_models.scoring import character_error_rate

pytestmark = [
    pytest.mark.real_engine,
    # The offscreen platform has no windows to raise and no keyboard to grab for a list.
    pytest.mark.qt_log_ignore("^This plugin does not support", extend=True),
]

LINES_READ = 5


class Tiny(NamedTuple):
    """A tiny model as the catalogue has it."""

    title: str
    family: str
    modes: tuple[str, ...]


TINY = {
    "dots_ocr": Tiny("Tiny dots.ocr", "dots_ocr", ("layout", "text")),
    "qwen2_5_vl": Tiny("Tiny Qwen2.5-VL", "qwen_vl", ("text",)),
    "qwen3_vl": Tiny("Tiny Qwen3-VL", "qwen_vl", ("text",)),
    "got_ocr2": Tiny("Tiny GOT-OCR2", "got_ocr2", ("text", "formatted")),
}
TOKENS = 150
"""Of an answer: enough for one that ends, and for one that repeats itself to be found out."""
LOADS_MS = 120_000
"""For the libraries of large models to be imported four times on a busy machine."""


def write_catalogue(path: Path) -> None:
    """A catalogue of the user's own with the tiny models."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [
        f'[[model]]\nname = "tiny-{name}"\ntitle = "{model.title}"\nfamily = "{model.family}"\n'
        f'folder = {json.dumps(str(CHECKPOINTS / name))}\nsummary = "Reads one line."\n'
        f"modes = {json.dumps(model.modes)}\n"
        for name, model in TINY.items()
    ]
    path.write_text("\n".join(entries))


SLOW = pytest.mark.slow
QUICK = "got_ocr2"
"""The others run with --all: the engine's own tests have each of them read in its process."""


@pytest.mark.parametrize(
    "name", [QUICK, *(pytest.param(name, marks=SLOW) for name in TINY if name != QUICK)]
)
def test_a_tiny_model_is_chosen_and_reads_what_it_has_never_seen(driver, folders, tmp_path, name):
    write_catalogue(folders.model_catalogue)
    driver.script.engine("unused")
    driver.engines = installed_engines
    driver.start(model="pp-ocrv6", fallback=(), threads=1)
    models = driver.window.models
    driver.wait(lambda: f"tiny-{name}" in models.items.ready_names())
    models.showPopup()
    QTest.keyClicks(models._popup.field, TINY[name].title)
    QTest.keyClick(models._popup.field, Qt.Key.Key_Return)
    assert models.chosen == f"tiny-{name}"
    lines = unseen_lines(name, LINES_READ)
    paths = []
    for number, (_, image) in enumerate(lines):
        paths.append(tmp_path / f"{number}.png")
        image.save(paths[-1])
    assert drop(driver.window, file_urls(*paths))
    documents = driver.wait_for_documents(LINES_READ)
    driver.wait_until_read(patience_ms=LOADS_MS)
    read = []
    for document in sorted(documents, key=lambda document: document.title):
        record = show(driver, PageKey(document.id, 1))
        assert record.reading.read_by == f"tiny-{name}"
        read.append(driver.window.text.current_text())
    pairs = list(zip([text for text, _ in lines], read, strict=True))
    assert character_error_rate(pairs) < 0.05, pairs


@pytest.fixture(scope="module")
def dots_checkpoint(tmp_path_factory) -> Path:
    """A dots.ocr that has learnt nothing; what it writes is dictated."""
    from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
    from textlift.engines.dots_ocr.prompts import PROMPTS
    from tiny_models.byte_tokenizers import byte_tokenizer
    from tiny_models.train_dots_ocr import JSON_PIECES, PREPROCESSOR, SPECIAL, tiny_config

    folder = tmp_path_factory.mktemp("models") / "dots"
    tokenizer = byte_tokenizer(
        special=SPECIAL, whole=(*PROMPTS.values(), *JSON_PIECES, *dictated.WHOLE)
    )
    write_checkpoint(
        folder,
        DotsOCRForCausalLM(tiny_config(tokenizer)),
        tokenizer=tokenizer,
        files={"preprocessor_config.json": PREPROCESSOR},
    )
    return folder


@pytest.fixture
def failing(driver, dots_checkpoint):
    """A window whose first model is a dictated dots.ocr, with a scripted one to fall back on."""
    driver.script.engine("beta")

    def engines(settings) -> Registry:
        dots = msgspec.structs.replace(folder_engine(dots_checkpoint), factory=dictated.factory())
        return Registry([dots, *driver.script.registry])

    driver.engines = engines
    return driver


def make_document(path: Path, numbers: list[int]) -> Path:
    pages = [draw_page(number) for number in numbers]
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=200)
    return path


FAILURES = {
    dictated.MALFORMED: FailureKind.MALFORMED,
    dictated.CUT_OFF: FailureKind.CUT_OFF,
    dictated.RUNS_AWAY: FailureKind.RAN_AWAY,
    dictated.OUT_OF_MEMORY: FailureKind.OUT_OF_MEMORY,
    dictated.DIES: FailureKind.CRASHED,
}


ANSWERS = (dictated.MALFORMED, dictated.CUT_OFF, dictated.RUNS_AWAY)
"""The failures that cost no process and no second loading of the libraries."""


@pytest.mark.parametrize(
    "failures",
    [pytest.param(ANSWERS, id="answers"), pytest.param((*FAILURES,), id="all", marks=SLOW)],
)
def test_however_a_model_fails_the_next_one_reads_and_all_say_so(failing, tmp_path, failures):
    driver, numbers = failing, [dictated.READS, *failures]
    driver.start(model="dots", fallback=("beta",), token_limit=TOKENS, threads=1)
    driver.open(make_document(tmp_path / "scan.pdf", numbers))
    (document,) = driver.wait_for_documents(1)
    driver.wait(
        lambda: document.count(PageState.WARNED, PageState.FAILED) == len(failures),
        patience_ms=LOADS_MS,
    )
    driver.wait(lambda: not driver.window.reading.active)
    assert document.summary(1).state is PageState.DONE
    text, banner = driver.window.text, driver.window.banner
    keys = {kind: f"pages:dots:{kind.value}:read" for kind in map(FAILURES.get, failures)}
    # They are made a few times a second at most.
    driver.wait(lambda: all(driver.window.board.notice(key) for key in keys.values()))
    notices = {kind: driver.window.board.notice(key) for kind, key in keys.items()}
    assert banner.message.text() in {notice.text for notice in notices.values()}
    text.tabs.setCurrentWidget(text.record)
    sentences = []
    for page, number in enumerate(numbers, start=1):
        record = show(driver, PageKey(document.id, page))
        told = text.record.browser.toPlainText()
        if number == dictated.READS:
            assert "dots read it" in told
            assert "asked for “layout”" in told
            assert f" of {TOKENS} tokens" in told
            continue
        *failed, last = record.attempts
        assert {attempt.failure for attempt in failed} == {FAILURES[number]}
        assert failed[0].partial.strip().startswith(dictated.FIRST_WORDS)
        assert (last.engine, last.failure) == ("beta", None)
        for words in ("dots: ", "which are kept", "Engine beta read it"):
            assert words in told
        for attempt in failed:
            assert attempt.sentence in told
            notice = notices[FAILURES[number]]
            assert f"page {page} of scan.pdf" in notice.text
            assert notice.text.endswith("; Engine beta read it.")
            assert f"dots: {attempt.sentence}" in notice.details
            sentences.append(attempt.sentence.rstrip("."))

    driver.window.actions_["export-md"].trigger()
    driver.dialog().export_button.click()
    driver.wait((tmp_path / "scan.md").exists)
    exported = (tmp_path / "scan.md").read_text()
    assert exported.count("; read by beta") == len(failures)
    assert exported.count("dots failed: ") == len(sentences)
    assert exported.count("; read by dots") == 1


def test_a_model_that_cannot_be_loaded_is_told_once_and_the_next_one_reads(
    failing, dots_checkpoint, tmp_path
):
    weights = load_file(dots_checkpoint / "model.safetensors")
    broken = tmp_path / "dots"
    shutil.copytree(dots_checkpoint, broken)
    del weights["lm_head.weight"]
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    driver = failing
    driver.engines = lambda _: Registry([folder_engine(broken), *driver.script.registry])
    driver.start(model="dots", fallback=("beta",), threads=1)
    driver.open(make_document(tmp_path / "scan.pdf", [1, 2]))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: document.count(PageState.WARNED) == 2, patience_ms=LOADS_MS)
    driver.wait(lambda: not driver.window.reading.active)
    notice = driver.window.board.notice("engines:dots")
    assert notice is not None
    assert "dots cannot be used and is not asked again" in notice.text
    assert "lm_head.weight" in notice.text + notice.details
    for page in (1, 2):
        record = show(driver, PageKey(document.id, page))
        assert record.attempts[0].engine == "dots"
        assert record.attempts[0].failure is not None
        assert driver.window.text.current_text() == f"Page {page} read by beta."


def show(driver, key: PageKey) -> PageRecord:
    """Goes to a page and waits until its record is there."""
    current = driver.window.current
    driver.window.tree.show_page(key)
    driver.wait(lambda: current.key == key and current.record is not None)
    return current.record
