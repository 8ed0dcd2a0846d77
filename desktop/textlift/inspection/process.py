"""The inspector process: looks at pages until its parent hangs up."""

from __future__ import annotations

import msgspec

from textlift.engines.contract import EngineError, EngineOptions
from textlift.inspection.confinement import PROCESSOR_SECONDS
from textlift.inspection.looking import Look
from textlift.inspection.messages import InspectPage, PageLook
from textlift.processes.cancellation import Cancellation
from textlift.processes.confinement.limits import within_processor_time
from textlift.processes.serving import ReportProgress, Server, claim_standard_streams


def main(threads: int) -> None:
    """Runs an inspector process.

    Args:
        threads: For the detector; 0: as many as there are cores.
    """
    server = Server(*claim_standard_streams())
    try:
        look = Look(EngineOptions(threads=threads))
    except EngineError as error:
        server.fail_start(error.kind, error.sentence, details=error.details)
        return

    def handle(body: bytes, report: ReportProgress, cancellation: Cancellation) -> PageLook:  # noqa: ARG001
        return look.at(msgspec.msgpack.decode(body, type=InspectPage).page.path)

    server.serve(within_processor_time(handle, seconds=PROCESSOR_SECONDS))
