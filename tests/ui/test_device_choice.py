from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from textlift.models.devices import Device
from textlift.settings import Saving
from textlift.ui.device_choice import DeviceChoice
from textlift.ui.savings_list import SavingsList

CPU = Device("cpu", "CPU, 8 cores", 32 * 10**9)
CARD = Device("cuda:0", "NVIDIA RTX 3070", 8 * 2**30)
OLD = "The driver is too old for the installed PyTorch."
UNUSABLE = tuple(
    Device(
        f"cuda:{number}",
        f"NVIDIA GTX 1080 number {number}",
        8 * 10**9,
        usable=False,
        problem=OLD,
        remedy="Type: pip install torch --index-url https://example.org/cu118",
    )
    for number in (1, 2)
)


@pytest.fixture
def choice(qtbot) -> DeviceChoice:
    choice = DeviceChoice("auto")
    qtbot.addWidget(choice)
    choice.show()
    return choice


def titles(choice: DeviceChoice) -> list[str]:
    return [choice.box.itemText(row) for row in range(choice.box.count())]


def is_enabled(choice: DeviceChoice, name: str) -> bool:
    row = choice.box.findData(name)
    return bool(choice.box.model().index(row, 0).flags() & Qt.ItemFlag.ItemIsEnabled)


def test_devices_are_listed_by_name_and_automatic_says_what_it_means_now(choice):
    assert not choice.note.isVisible()
    choice.show_devices((CPU, CARD), "cuda:0")
    assert titles(choice) == ["Automatic", "CPU, 8 cores (32.0 GB)", "NVIDIA RTX 3070 (8.6 GB)"]
    assert choice.note.text() == "Automatic now means: NVIDIA RTX 3070 (8.6 GB)"
    assert choice.problems == []
    choice.show_devices((CPU,), "cpu")
    assert titles(choice) == ["Automatic", "CPU, 8 cores (32.0 GB)"], "the card is gone"
    assert choice.note.text() == "Automatic now means: CPU, 8 cores (32.0 GB)"


def test_a_card_that_cannot_be_used_says_why_and_what_to_type(choice):
    choice.show_devices((CPU, CARD, *UNUSABLE), "cuda:0")
    assert is_enabled(choice, "cuda:0")
    for card in UNUSABLE:
        assert not is_enabled(choice, card.name)
        assert "cannot be used" in choice.box.itemText(choice.box.findData(card.name))
    (problem,) = choice.problems
    said = problem.message.text()
    for words in (UNUSABLE[0].title, UNUSABLE[1].title, OLD):
        assert words in said
    assert problem.command.text() == "pip install torch --index-url https://example.org/cu118"
    assert problem.message.height() >= problem.message.heightForWidth(problem.message.width())
    problem.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied == "pip install torch --index-url https://example.org/cu118"
    choice.show_devices((CPU, CARD), "cuda:0")
    assert choice.problems == []


def test_a_device_of_the_settings_that_is_not_here_stays_chosen(qtbot):
    choice = DeviceChoice("cuda:3")
    qtbot.addWidget(choice)
    choice.show_devices((CPU,), "cpu")
    assert choice.chosen == "cuda:3"
    assert titles(choice) == ["Automatic", "CPU, 8 cores (32.0 GB)", "cuda:3"]


def test_a_saving_is_taken_back(qtbot):
    savings = {
        "big": Saving(weights="int8", max_pixels=2_000_000),
        "bigger": Saving(weights="int4", offload=True),
    }
    shown = SavingsList(savings, title_of=str.capitalize)
    qtbot.addWidget(shown)
    texts = [shown.lines.item(row).text() for row in range(shown.lines.count())]
    assert texts == [
        "Big: 8-bit weights, pages of at most 2.0 megapixels",
        "Bigger: 4-bit weights, a part of it in the system's memory",
    ]
    assert shown.savings == savings
    assert not shown.remove_button.isEnabled()
    shown.lines.setCurrentRow(0)
    shown.remove_button.click()
    assert shown.savings == {"bigger": savings["bigger"]}
