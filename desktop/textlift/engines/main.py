"""The main of an engine process: loads an engine and reads pages with it."""

from __future__ import annotations

import msgspec

from textlift.content.reading import PageReading
from textlift.engines.contract import EngineOptions
from textlift.engines.part_of_page import read_part
from textlift.engines.process import ReadPage
from textlift.engines.starting import start_engine
from textlift.processes.cancellation import Cancellation
from textlift.processes.serving import ReportProgress, Server, claim_standard_streams


def main(factory: str, capacity: int, encoded_options: str) -> None:
    """Runs an engine process until its parent hangs up.

    Args:
        factory: ``module:Class`` of the engine.
        capacity: Pages at once.
        encoded_options: ``EngineOptions`` as JSON.
    """
    server = Server(*claim_standard_streams())
    options = msgspec.json.decode(encoded_options, type=EngineOptions)
    engine = start_engine(server, factory, options)
    if engine is None:
        return

    def handle(body: bytes, report: ReportProgress, cancellation: Cancellation) -> PageReading:
        request = msgspec.msgpack.decode(body, type=ReadPage)
        if request.part is None:
            return engine.read(
                request.page, request.options, on_progress=report, cancellation=cancellation
            )
        return read_part(
            engine,
            request.page,
            request.options,
            part=request.part,
            on_progress=report,
            cancellation=cancellation,
        )

    server.serve(handle, capacity=capacity, device=engine.device, ready=engine.memory)
