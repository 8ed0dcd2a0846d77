"""The download process: gets, checks and removes what Textlift reads with."""

from __future__ import annotations

import threading

import msgspec

from textlift.downloads.addresses import endpoint_of
from textlift.downloads.client import CAPACITY
from textlift.downloads.failures import DownloadProblem
from textlift.downloads.getting import get_model
from textlift.downloads.hub import HubQuestions
from textlift.downloads.messages import (
    DownloadFailure,
    DownloadRequest,
    Get,
    HubModel,
    LookUp,
    Plan,
    Source,
)
from textlift.downloads.patience import patience_for_questions
from textlift.downloads.planning import plan_model
from textlift.downloads.retrying import Retries
from textlift.downloads.session import Session
from textlift.downloads.token import find_token
from textlift.processes.cancellation import Cancellation
from textlift.processes.serving import ReportProgress, Server, claim_standard_streams

LOOK_UP_SECONDS = 75.0
"""After which a look-up is not tried again; its caller waits for two minutes."""

_decoder: msgspec.msgpack.Decoder[DownloadRequest] = msgspec.msgpack.Decoder(DownloadRequest)


def main() -> None:
    """Runs a download process until its parent hangs up."""
    server = Server(*claim_standard_streams())
    server.serve(handle, capacity=CAPACITY)


def handle(body: bytes, report: ReportProgress, cancellation: Cancellation) -> msgspec.Struct:
    """Answers an encoded request of ``textlift.downloads.messages``.

    Raises:
        DownloadProblem: With the kind of failure and a sentence for a person.
    """
    request = _decoder.decode(body)
    match request:
        case LookUp(wanted=HubModel() as model, source=source):
            return _look_up_model(model, source, cancellation)
        case Get(wanted=HubModel() as model, plan=plan, source=source):
            return get_model(model, plan, source, on_fetching=report, cancellation=cancellation)
    raise DownloadProblem(DownloadFailure.NOT_FOUND, "Not yet.")


def _look_up_model(model: HubModel, source: Source, cancellation: Cancellation) -> Plan:
    endpoint = endpoint_of(source)
    patience = patience_for_questions()
    stop = threading.Event()
    retries = Retries(patience, stop, seconds=LOOK_UP_SECONDS)
    token = find_token(cancellation)
    with Session(source, patience=patience, endpoint=endpoint, token=token) as session:

        def end() -> None:
            stop.set()
            session.cut_off()

        with cancellation.watching(end):
            return plan_model(model, source, HubQuestions(session, endpoint, retries))
