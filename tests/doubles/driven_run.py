"""A program that reads a document into a session with scripted engines; tests kill it.

Usage: driven_run.py SCRIPT_FOLDER SESSION CACHE DOCUMENT. Prints ``asked N`` when an engine has
page N in hand and ``finished N`` when it is stored.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from doubles.engine_script import EngineScript
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.events import Event, PageFinished, PageProgressed
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import PageTask, TaskQueue
from textlift.sessions.store import SessionStore
from textlift.sessions.stored import QueuedPlan


def tell(event: Event) -> None:
    if isinstance(event, PageProgressed):
        print("asked", event.task.page, flush=True)
    elif isinstance(event, PageFinished):
        print("finished", event.record.number, flush=True)


def main(script_folder: str, session: str, cache: str, document: str) -> None:
    registry = EngineScript.load(Path(script_folder)).registry
    pool = EnginePool(registry, EngineOptions())
    with (
        closing(SessionStore(Path(session))) as store,
        closing(DocumentReader(Path(cache))) as reader,
    ):
        if not store.documents():
            added = store.add_document(reader.open(document), title=Path(document).name)
            pages = range(1, added.info.page_count + 1)
            store.queue_pages(added.id, pages, plan=QueuedPlan(order=registry.names))
        (stored,) = store.documents()
        tasks = [
            PageTask(stored.id, stored.info, waiting.page, waiting.plan.order)
            for waiting in store.queued()
        ]
        run = RecognitionRun(
            TaskQueue(tasks),
            registry=registry,
            pool=pool,
            reader=reader,
            sink=store,
            on_event=tell,
            cancellation=Cancellation(),
        )
        with closing(pool):
            run.execute()


if __name__ == "__main__":
    main(*sys.argv[1:])
