"""The meters of the status bar: which there are, what they say, how they fit."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from textlift.models.memory import GpuMemory, MemorySample
from textlift.ui import theme
from textlift.ui.memory_display import MemoryDisplay
from textlift.ui.memory_history import MemoryHistory
from textlift.ui.memory_meter import Detail
from textlift.ui.memory_use import devices_in

GB = 10**9
CARD = GpuMemory(
    index=0, name="A card", total=8 * GB, used=6 * GB, ours=5 * GB, device="cuda:0", key="a"
)
SECOND = msgspec.structs.replace(CARD, index=1, name="Another", device="cuda:1", key="b", ours=0)


class Shown:
    """A display that is given samples."""

    def __init__(self, qtbot):
        self.display = MemoryDisplay()
        self.history = MemoryHistory()
        self._at = 0.0
        qtbot.addWidget(self.display)
        self.display.take_room(1280)
        self.display.show()

    def sample(self, *gpus: GpuMemory) -> MemoryDisplay:
        self._at += 0.5
        taken = MemorySample(ram_total=16 * GB, ram_used=8 * GB, ram_ours=GB, gpus=gpus)
        self.history.add(devices_in(taken), at=self._at)
        self.display.show_history(self.history)
        self.display.resize(self.display.sizeHint())
        return self.display

    @property
    def names(self) -> list[str]:
        return [meter.accessibleName() for meter in self.display.meters]


@pytest.fixture
def shown(qtbot) -> Shown:
    return Shown(qtbot)


def test_without_a_gpu_the_ram_is_shown(shown):
    shown.sample()
    assert shown.names == [
        "Memory of this computer: Textlift 1.0 GB, others 7.0 GB, free 8.0 GB of 16.0 GB"
    ]


def test_with_a_gpu_its_memory_is_shown_and_the_ram_is_told(shown):
    display = shown.sample(CARD)
    assert shown.names == ["GPU, A card: Textlift 5.0 GB, others 1.0 GB, free 2.0 GB of 8.0 GB"]
    assert "Memory of this computer: Textlift 1.0 GB" in display.toolTip()
    assert display.accessibleName() == "Memory"
    assert "GPU, A card: Textlift 5.0 GB" in display.accessibleDescription()


def test_the_ram_stands_beside_a_gpu_that_models_cannot_use(shown):
    shown.sample(msgspec.structs.replace(CARD, device=""))
    assert len(shown.names) == 2
    assert shown.names[1].startswith("Memory of this computer")


def test_the_ram_stands_beside_a_gpu_when_the_cpu_was_chosen(shown):
    shown.display.prefer_cpu(preferred=True)
    shown.sample(CARD)
    assert len(shown.names) == 2


def test_a_lost_gpu_says_so_and_the_ram_takes_over(shown):
    shown.sample(CARD)
    shown.sample(msgspec.structs.replace(CARD, lost=True, used=0, ours=0))
    gpu, ram = shown.names
    assert gpu == "GPU, A card: does not answer any more"
    assert ram.startswith("Memory of this computer")
    shown.sample(CARD)
    assert len(shown.names) == 1


def test_one_gpu_says_everything_two_say_what_is_free(shown):
    shown.sample(CARD)
    assert [meter.detail for meter in shown.display.meters] == [Detail.FULL]
    shown.sample(CARD, SECOND)
    assert [meter.detail for meter in shown.display.meters] == [Detail.FREE, Detail.FREE]


@pytest.mark.parametrize("window", [1280, 800])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 8])
def test_nothing_is_clipped_or_covers_another(shown, window, count):
    display = shown.display
    display.take_room(window)
    cards = [
        msgspec.structs.replace(SECOND, index=number, key=str(number)) for number in range(count)
    ]
    shown.sample(*cards)
    assert display.width() <= window * 0.7
    edges = [0]
    for meter in display.meters:
        assert meter.x() >= edges[-1]
        assert meter.width() == meter.width_for(meter.detail)
        edges.append(meter.x() + meter.width())
    assert edges[-1] <= display.width()


def test_of_many_gpus_those_that_textlift_uses_come_first(shown):
    cards = [
        msgspec.structs.replace(SECOND, index=number, key=str(number), ours=GB * (number == 6))
        for number in range(8)
    ]
    shown.sample(*cards)
    assert [name.split(",")[0] for name in shown.names] == ["GPU 0", "GPU 1", "GPU 2", "GPU 6"]
    assert "GPU 7" in shown.display.toolTip()


def test_numbers_that_change_do_not_move_the_meters(shown):
    shown.sample(CARD)
    before = shown.display.sizeHint()
    shown.sample(msgspec.structs.replace(CARD, used=GB // 20, ours=0))
    assert shown.display.sizeHint() == before


@pytest.mark.parametrize("dark", [False, True])
def test_the_history_is_drawn_behind(shown, qtbot, monkeypatch, dark):
    monkeypatch.setattr(theme, "is_dark", lambda: dark)
    for _ in range(200):
        shown.sample(CARD)
    (meter,) = shown.display.meters
    image = meter.grab().toImage()
    name = meter.fontMetrics().horizontalAdvance("GPU") + theme.SPACE
    of = theme.colours()
    # Twenty pixels from the right edge of the meter: ten seconds ago.
    column = [image.pixelColor(name + 100, y) for y in range(image.height())]
    ground = QColor(of.base)
    assert ground in column, "the part that was free"
    # From the upper edge: free ground, others, ours, and the level of now.
    seen = [colour for number, colour in enumerate(column[4:-4]) if colour != column[3 + number]]
    assert len(seen) >= 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_it_is_pressed_with_keys(shown, qtbot, key):
    display = shown.sample(CARD)
    assert display.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(display.clicked):
        qtbot.keyClick(display, key)


def test_it_is_pressed_with_the_mouse_on_a_meter(shown, qtbot):
    display = shown.sample(CARD)
    display.show()
    (meter,) = display.meters
    with qtbot.waitSignal(display.clicked):
        qtbot.mouseClick(display, Qt.MouseButton.LeftButton, pos=meter.geometry().center())
