"""A real engine that does what a script says: reads, hangs, dies… Runs in an engine process.

The script is written by ``doubles.engine_script``; the environment says where it lies.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import threading
import time
from pathlib import Path

import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, StopReason, WarningKind
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    OnProgress,
    ReadOptions,
    ReadProgress,
)
from textlift.models.engine_memory import EngineMemory
from textlift.processes.cancellation import Cancellation

SCRIPT_VARIABLE = "TEXTLIFT_TEST_SCRIPT"

PEAK_MEMORY = 123_456
"""Of a reading that is cut off."""

_LINE_HEIGHT = 20


def __getattr__(name: str) -> type[ScriptedEngine]:
    """``doubles.scripted_engine:NAME`` is the engine NAME of the script."""
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (ScriptedEngine,), {"name": name})


class ScriptedEngine(Engine):
    """Obeys; counts what it did in files, so that a fresh process goes on where one died."""

    name = ""

    def __init__(self, options: EngineOptions) -> None:
        self._folder = Path(os.environ[SCRIPT_VARIABLE])
        script = json.loads((self._folder / "script.json").read_text())
        self._script = script[self.name]
        self.device = self._script["device"]
        self.memory = msgspec.convert(self._script["memory"], EngineMemory | None)
        instruction = _next_instruction(
            self._folder, f"{self.name}-load", self._script["load"], msgspec.to_builtins(options)
        )
        _disaster(instruction)
        _refuse(instruction, ReadOptions())

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        number = page_number(page)
        plan = self._script["pages"].get(str(number), self._script["default"])
        told = {
            "engine": self.name,
            "page": number,
            "pid": os.getpid(),
            "max_pixels": options.max_pixels,
            "variation": options.variation,
            "languages": options.languages,
            "rotation": options.rotation,
            "mode": options.mode,
            "box": options.box,
            "at": time.time(),
        }
        instruction = _next_instruction(self._folder, f"{self.name}-{number}", plan, told)
        shown = instruction.get("shows", 0)
        memory = self.memory
        if instruction.get("free"):
            memory = EngineMemory(self.device, weights=0, free=instruction["free"])
        on_progress(ReadProgress(stage=instruction["do"], pixels=shown, memory=memory))
        if "opens" in instruction:
            (self._folder / instruction["opens"]).write_bytes(b"x")
        if "after" in instruction:
            _wait_for(self._folder / instruction["after"], cancellation)
        if "says" in instruction:
            on_progress(ReadProgress(text=instruction["says"]))
        if "mutters" in instruction:
            print(instruction["mutters"], file=sys.stderr, flush=True)
        _disaster(instruction)
        _refuse(instruction, options)
        if instruction["do"] == "wait":
            _wait_for(None, cancellation)
        elif instruction["do"] == "gate":
            _wait_for(self._folder / instruction["gate"], cancellation)
        for line in instruction.get("lines", ()):
            on_progress(ReadProgress(lines=(Line(text=line),), text=line + "\n"))
            _wait_for(self._folder / instruction["gate"], cancellation)
        self._write(instruction, page, on_progress, cancellation)
        return self._outcome(instruction, number, page, options)

    def _write(
        self,
        instruction: dict,
        page: PageImage,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        """A tenth of the limit for each piece, at 41 tokens a second."""
        for place, piece in enumerate(instruction.get("pieces", ())):
            top = 40 + 2 * _LINE_HEIGHT * place
            outline = Line(text="", box=Box(20, top, page.width - 20, top + _LINE_HEIGHT))
            on_progress(
                ReadProgress(
                    stage="Writing",
                    text=piece,
                    lines=(outline,),
                    tokens_per_second=41.0,
                    token_share=(place + 1) / 10,
                )
            )
            _wait_for(self._folder / instruction["gate"], cancellation)

    def _outcome(
        self, instruction: dict, number: int, page: PageImage, options: ReadOptions
    ) -> PageReading:
        text = f"Page {number} read by {self.name}."
        text = instruction.get("text") or "\n".join(instruction.get("lines", ())) or text
        reading = self._reading(text, page)
        changes: dict[str, object] = {"detected": self._detected(instruction, reading)}
        match instruction["do"]:
            case "garbage":
                return ReadProgress(stage="no reading")
            case "empty":
                changes |= {"blocks": ()}
            case "run-away" if options.variation == 0:
                block = Block(kind=BlockKind.TEXT, text="and so it goes on " * 200)
                changes |= {"blocks": (block,)}
            case "cut-off":
                taken = Generation(mode=options.mode, peak_memory=PEAK_MEMORY)
                changes |= {"stop_reason": StopReason.LIMIT, "generation": taken}
            case "give-up":
                changes |= {"stop_reason": StopReason.DEADLINE}
            case "repeat":
                changes |= {"stop_reason": StopReason.REPETITION, "repeated": "and again"}
                changes["repeated_times"] = 14
            case "unparsed":
                changes |= {"unparsed": "Its answer is no layout."}
            case "layout":
                block = msgspec.structs.replace(reading.blocks[0], text="", lines=())
                changes |= {"blocks": (block,)}
            case "generated":
                changes |= {"generation": Generation(mode=options.mode)}
            case "warn":
                warning = PageWarning(WarningKind.UNCERTAIN, "The second line is hard to read.")
                told = msgspec.convert(instruction.get("warnings"), tuple[PageWarning, ...] | None)
                changes |= {"warnings": told or (warning,)}
        return msgspec.structs.replace(reading, **changes)

    def _detected(self, instruction: dict, reading: PageReading) -> tuple[Line, ...] | None:
        boxes = msgspec.convert(instruction.get("detected"), tuple[Box, ...] | None)
        if boxes is None and "detected" not in instruction and self._script["detects"]:
            boxes = tuple(line.box for line in reading.lines if line.box is not None)
        return None if boxes is None else tuple(Line("", box=box) for box in boxes)

    def _reading(self, text: str, page: PageImage) -> PageReading:
        lines = tuple(
            Line(
                text=line,
                box=_place(index, line, page),
                score=0.9,
            )
            for index, line in enumerate(text.split("\n"))
        )
        block = Block(kind=BlockKind.TEXT, text=text, box=lines[0].box, lines=lines)
        return PageReading(blocks=(block,), read_by=self.name, languages=("eng",))


def _place(index: int, line: str, page: PageImage) -> Box:
    """As long as the line would be in print; the lines of a page stand one below the other."""
    top = 40 + _LINE_HEIGHT * index
    return Box(20, top, min(page.width - 20, 28 + 8 * len(line)), top + 16)


def page_number(page: PageImage) -> int:
    """The number that ``doubles.pages`` drew on the page."""
    from doubles.pages import drawn_number

    return drawn_number(Path(page.path))


def _next_instruction(folder: Path, what: str, plan: list[dict], told: dict) -> dict:
    """The n-th of the plan at the n-th call over all processes; the last one for good."""
    count = 0
    # Linked into its place when it is whole: a test may be reading the folder.
    whole = folder / f"telling-{os.getpid()}-{threading.get_ident()}"
    whole.write_bytes(msgspec.json.encode(told))
    while True:
        try:
            os.link(whole, folder / "told" / f"{what}-{count}.json")
        except FileExistsError:
            count += 1
        else:
            whole.unlink()
            return plan[min(count, len(plan) - 1)]


def _refuse(instruction: dict, options: ReadOptions) -> None:
    match instruction["do"]:
        case "fail":
            raise EngineError(FailureKind(instruction["kind"]), instruction["sentence"])
        case "raise":
            raise ValueError(instruction.get("text", "scripted"))
        case "out-of-memory" if not 0 < options.max_pixels <= instruction["above"]:
            raise EngineError(
                FailureKind.OUT_OF_MEMORY,
                "The GPU's memory is full.",
                lacking_memory=instruction["lacking"],
            )


def _disaster(instruction: dict) -> None:
    match instruction["do"]:
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            ctypes.string_at(0)
        case "hang":
            threading.Event().wait()


def _wait_for(gate: Path | None, cancellation: Cancellation) -> None:
    """Until somebody writes a byte into the gate, or the reading is cancelled."""
    wake_read, wake_write = os.pipe()
    # Opened for writing too, so that the gate never looks closed.
    descriptors = [os.open(gate, os.O_RDWR)] if gate is not None else []
    try:
        with cancellation.watching(lambda: os.write(wake_write, b"x") and None):
            ready, _, _ = select.select([*descriptors, wake_read], [], [])
        if wake_read in ready:
            raise EngineError(FailureKind.CANCELLED, "Stopped.")
        os.read(descriptors[0], 1)
    finally:
        for descriptor in (*descriptors, wake_read, wake_write):
            os.close(descriptor)
