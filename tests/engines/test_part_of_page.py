"""Parts of pages, read by engines that know whole pages only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from doubles import engine_script as do
from doubles.pages import draw_page
from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    ReadingMode,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.part_of_page import read_part
from textlift.engines.process import EngineProcess
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessDied

WIDTH, HEIGHT = 300, 400
PART = Box(100, 150.5, 200, 250)
PART_MODE = ReadingMode(name="part", title="Part", returns="text", needs_box=True)
PAGE_MODE = ReadingMode(name="page", title="Page", returns="blocks")


class Finder(Engine):
    """Finds the dark rectangle of the image; keeps the image and what it was asked."""

    def __init__(self, options: EngineOptions | None = None) -> None:
        self.seen: PageImage | None = None
        self.image: Image.Image | None = None
        self.options: ReadOptions | None = None
        self.error: Exception | None = None

    def read(self, page, options, *, on_progress, cancellation):
        self.seen, self.options = page, options
        with Image.open(page.path) as opened:
            self.image = opened.copy()
        if self.error is not None:
            raise self.error
        dark = self.image.convert("L").point(lambda value: 255 if value < 128 else 0)
        x0, y0, x1, y1 = dark.getbbox()
        box = Box(x0, y0, x1, y1)
        quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        line = Line(text="dark", box=box, quad=quad)
        on_progress(ReadProgress(lines=(line,)))
        return PageReading(
            blocks=(
                Block(BlockKind.TEXT, "dark", box=box, lines=(line,)),
                Block(BlockKind.TEXT, "somewhere"),
                Block(BlockKind.TEXT, "too wide", box=Box(-50, -50, 9000, 9000)),
            ),
            read_by="finder",
            warnings=(PageWarning(WarningKind.UNCERTAIN, "Hm.", box=box),),
            detected=(Line(text="", box=box),),
        )


def page_with(rectangle, path: Path, *, paper="white", mode="RGB", dpi=200.0) -> PageImage:
    image = Image.new(mode, (WIDTH, HEIGHT), paper)
    # Pillow's rectangles include their last row and column.
    x0, y0, x1, y1 = rectangle
    ImageDraw.Draw(image).rectangle((x0, y0, x1 - 1, y1 - 1), fill="black")
    image.save(path)
    return PageImage(str(path), WIDTH, HEIGHT, dpi=dpi)


def read(engine, page, part=PART, options=None, told=None):
    return read_part(
        engine,
        page,
        options or ReadOptions(),
        part=part,
        on_progress=(told if told is not None else []).append,
        cancellation=Cancellation(),
    )


def test_what_is_found_is_where_it_is_on_the_page(tmp_path):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")
    engine, told = Finder(), []
    reading = read(engine, page, told=told)
    place = Box(120, 170, 180, 190)
    corners = ((120, 170), (180, 170), (180, 190), (120, 190))
    found, somewhere, wide = reading.blocks
    assert found.box == place
    assert found.lines[0].box == place
    assert found.lines[0].quad == corners
    assert somewhere.box == PART
    assert wide.box.x0 >= 0
    assert (wide.box.x1, wide.box.y1) == (WIDTH, HEIGHT)
    assert reading.warnings[0].box == place
    assert reading.detected[0].box == place
    assert reading.box == PART
    assert told[-1].lines[0].box == place
    assert told[-1].lines[0].quad == corners


def test_the_image_holds_the_part_with_a_little_around_it(tmp_path):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")
    engine, told = Finder(), []
    read(engine, page, told=told, options=ReadOptions(languages=("deu",), rotation=0))
    assert engine.options == ReadOptions(languages=("deu",), rotation=0)
    assert PART.width < engine.seen.width < WIDTH / 2 + 10
    assert (engine.seen.width, engine.seen.height) == engine.image.size
    assert engine.seen.dpi == page.dpi
    assert told[0].pixels == engine.seen.width * engine.seen.height


def test_fewer_pixels_are_told_where_fewer_are_asked_for(tmp_path):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")
    told = []
    read(Finder(), page, told=told, options=ReadOptions(max_pixels=500))
    assert told[0].pixels == 500


@pytest.mark.parametrize(
    ("mode", "paper"), [("L", 200), ("RGB", (240, 200, 160)), ("RGBA", (240, 200, 160, 255))]
)
def test_around_it_is_paper(tmp_path, mode, paper):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png", paper=paper, mode=mode)
    engine = Finder()
    read(engine, page)
    assert engine.image.getpixel((0, 0)) == paper


@pytest.mark.parametrize(
    "part", [Box(0, 0, WIDTH, HEIGHT), Box(-9, -9, 9000, 9000), Box(290, 390, 310, 410)]
)
def test_parts_at_the_edge(tmp_path, part):
    page = page_with((292, 392, 298, 398), tmp_path / "page.png")
    assert read(Finder(), page, part).blocks[0].box == Box(292, 392, 298, 398)


def test_a_part_off_the_page_is_refused(tmp_path):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")
    with pytest.raises(EngineError, match="lies outside the page") as caught:
        read(Finder(), page, Box(400, 0, 500, 100))
    assert caught.value.failure is FailureKind.NOT_AVAILABLE


def test_a_page_that_is_gone_is_told(tmp_path):
    page = PageImage(str(tmp_path / "gone.png"), WIDTH, HEIGHT)
    with pytest.raises(EngineError, match="read the page again"):
        read(Finder(), page)


def test_the_image_is_removed_whether_it_was_read_or_not(tmp_path):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")
    engine = Finder()
    read(engine, page)
    assert not Path(engine.seen.path).parent.exists()
    engine.error = EngineError(FailureKind.OUT_OF_MEMORY, "No.")
    with pytest.raises(EngineError):
        read(engine, page)
    assert not Path(engine.seen.path).parent.exists()


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    page = page_with((120, 170, 180, 190), tmp_path / "page.png")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(EngineError, match="disk is full"):
        read(Finder(), page)


# Through an engine process


@pytest.fixture
def drawn(tmp_path) -> PageImage:
    path = tmp_path / "page.png"
    draw_page(1, size=(WIDTH, HEIGHT)).save(path)
    return PageImage(str(path), WIDTH, HEIGHT, dpi=200)


def ask(script, page, options, *, told=None):
    process = EngineProcess(script.registry.entry("alpha"), EngineOptions())
    process.load()
    try:
        return process.read(page, options, on_progress=(told if told is not None else []).append)
    finally:
        process.close()


def test_a_mode_for_parts_gets_the_page_and_the_box(script, drawn):
    script.engine("alpha", modes=(PAGE_MODE, PART_MODE))
    reading = ask(script, drawn, ReadOptions(mode="part", box=PART))
    (told,) = script.told("alpha")
    assert (told.page, told.mode, told.box) == (1, "part", PART)
    assert reading.text == "Page 1 read by alpha."


@pytest.mark.parametrize("modes", [(), (PAGE_MODE, PART_MODE)])
def test_other_modes_get_the_part_alone(script, drawn, modes):
    script.engine("alpha", modes=modes)
    told = []
    reading = ask(script, drawn, ReadOptions(box=PART), told=told)
    (asked,) = script.told("alpha")
    # The number that is drawn at the top of the page is not seen.
    assert (asked.page, asked.box) == (0, None)
    assert reading.box == PART
    assert reading.blocks[0].lines[0].box.x0 >= PART.x0 - 10
    assert told[0].pixels < WIDTH * HEIGHT / 2


@pytest.mark.skipif(sys.platform != "linux", reason="needs a confined engine process")
def test_an_engine_that_dies_leaves_no_part_behind(script, drawn, private_home):
    gate = script.make_gate("read")
    script.engine("alpha", default=do.after(gate, do.KILL))
    seen = []

    def progressed(_: ReadProgress) -> None:
        seen.extend(private_home.rglob("textlift-part-*"))
        script.open_gate(gate)

    process = EngineProcess(script.registry.entry("alpha"), EngineOptions())
    process.load()
    with pytest.raises(ProcessDied):
        process.read(drawn, ReadOptions(box=PART), on_progress=progressed)
    process.kill()
    assert seen
    assert not list(private_home.rglob("textlift-part-*"))
