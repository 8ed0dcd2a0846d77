"""The download process: gets, checks and removes what Textlift reads with."""

from __future__ import annotations

import threading

import msgspec

from textlift.downloads.addresses import endpoint_of
from textlift.downloads.apart import apart
from textlift.downloads.client import CAPACITY
from textlift.downloads.getting import get_model
from textlift.downloads.hub import HubQuestions
from textlift.downloads.messages import (
    AskToken,
    Discard,
    DownloadRequest,
    Get,
    HubModel,
    LookUp,
    Plan,
    Remove,
    Source,
    StoreToken,
    Verify,
    WebFile,
)
from textlift.downloads.patience import patience_for_questions
from textlift.downloads.planning import plan_model
from textlift.downloads.removing import discard_model, remove_model
from textlift.downloads.retrying import Retries
from textlift.downloads.session import Session
from textlift.downloads.token import find_token, store_token, token_state
from textlift.downloads.verifying import verify_model
from textlift.downloads.web_file import get_file, plan_file, remove_file, verify_file
from textlift.processes.cancellation import Cancellation
from textlift.processes.serving import ReportProgress, Server, claim_standard_streams

TRYING_SECONDS = 75.0
"""After which a look-up is not tried again."""
LOOK_UP_SECONDS = 105.0
"""That a look-up may take in all; its caller waits for two minutes and then ends the process."""

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
        case StoreToken(token=token):
            return store_token(token)
        case AskToken():
            return token_state()
        case _ if isinstance(request.wanted, HubModel):
            return _about_model(request, request.wanted, report, cancellation)
        case _:
            return _about_file(request, request.wanted, report, cancellation)


_About = LookUp | Get | Verify | Discard | Remove


def _about_model(
    request: _About, model: HubModel, report: ReportProgress, cancellation: Cancellation
) -> msgspec.Struct:
    match request:
        case LookUp(source=source):
            return apart(
                lambda: _look_up_model(model, source, cancellation),
                cancellation,
                seconds=LOOK_UP_SECONDS,
            )
        case Get(plan=plan, source=source):
            return get_model(model, plan, source, on_fetching=report, cancellation=cancellation)
        case Verify(source=source):
            return verify_model(model, source, on_fetching=report, cancellation=cancellation)
        case Discard(source=source):
            return discard_model(model, source)
        case Remove(source=source):
            return remove_model(model, source)


def _about_file(
    request: _About, file: WebFile, report: ReportProgress, cancellation: Cancellation
) -> msgspec.Struct:
    match request:
        case LookUp(source=source):
            return apart(
                lambda: _look_up_file(file, source, cancellation),
                cancellation,
                seconds=LOOK_UP_SECONDS,
            )
        case Get(plan=plan, source=source):
            return get_file(file, plan, source, on_fetching=report, cancellation=cancellation)
        case Verify():
            return verify_file(file, on_fetching=report, cancellation=cancellation)
        case Discard():
            return remove_file(file, whole_too=False)
        case Remove():
            return remove_file(file, whole_too=True)


def _look_up_file(file: WebFile, source: Source, cancellation: Cancellation) -> Plan:
    return plan_file(file, source, cancellation=cancellation, seconds=TRYING_SECONDS)


def _look_up_model(model: HubModel, source: Source, cancellation: Cancellation) -> Plan:
    endpoint = endpoint_of(source)
    patience = patience_for_questions()
    stop = threading.Event()
    retries = Retries(patience, stop, seconds=TRYING_SECONDS)
    with Session(source, patience=patience, endpoint=endpoint, token=find_token()) as session:

        def end() -> None:
            stop.set()
            session.cut_off()

        with cancellation.watching(end):
            return plan_model(model, source, HubQuestions(session, endpoint, retries))
