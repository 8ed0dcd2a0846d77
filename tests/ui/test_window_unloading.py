"""A real large model in the window gives its memory back when it is unloaded."""

from __future__ import annotations

import json

import psutil
import pytest

from doubles.scripted_nvml import without_nvml
from textlift.engines.registry import installed_engines
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.reading_matter import unseen_lines


@pytest.mark.real_engine
def test_a_real_model_gives_the_memory_of_the_computer_back(driver, folders, tmp_path, monkeypatch):
    without_nvml(monkeypatch)
    folders.model_catalogue.parent.mkdir(parents=True, exist_ok=True)
    folders.model_catalogue.write_text(
        '[[model]]\nname = "tiny"\ntitle = "Tiny GOT-OCR2"\nfamily = "got_ocr2"\n'
        f'folder = {json.dumps(str(CHECKPOINTS / "got_ocr2"))}\nsummary = "Reads one line."\n'
    )
    driver.script.engine("unused")
    driver.engines = installed_engines
    driver.start(model="tiny", fallback=(), threads=1, idle_minutes=0, check_pages=False)
    ((_, image),) = unseen_lines("got_ocr2", 1)
    image.save(tmp_path / "line.png")
    driver.open(tmp_path / "line.png")
    driver.wait_for_documents(1)
    driver.wait_until_read()
    memory = driver.desktop.commands.memory
    (engine,) = memory.unloading.loaded
    driver.window.actions_["memory"].trigger()
    driver.wait(lambda: memory.panel.sections)
    (section,) = memory.panel.sections.values()
    driver.wait(lambda: section.models)
    (model,) = section.models.values()
    driver.wait(model.shares.isVisible)
    assert model.shares.accessibleName().startswith("Memory of Tiny GOT-OCR2: Weights ")
    resident = psutil.Process(engine.pid).memory_info().rss
    assert resident > 200_000_000
    before = memory.history.latest[0].ours
    model.button.click()
    driver.wait(lambda: "gave" in section.report.text())
    assert not psutil.pid_exists(engine.pid)
    after = memory.history.latest[0].ours
    assert before - after > 0.8 * resident
