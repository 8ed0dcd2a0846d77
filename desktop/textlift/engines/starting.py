"""Loads an engine in its process, and tells the parent why where it cannot be."""

from __future__ import annotations

import importlib
import logging
import traceback

from textlift.content.attempt import FailureKind
from textlift.engines.contract import Engine, EngineError, EngineOptions
from textlift.models.read_ahead import read_ahead
from textlift.processes.serving import Server

log = logging.getLogger(__name__)


def start_engine(server: Server, factory: str, options: EngineOptions) -> Engine | None:
    """The loaded engine; None after the parent was told why there is none.

    Args:
        server: Tells the parent.
        factory: ``module:Class`` of the engine.
        options: To load it with.
    """
    try:
        return _load(factory, options)
    except EngineError as error:
        failure = error
    except ImportError as error:
        failure = EngineError(
            FailureKind.NOT_AVAILABLE, f"A part it needs is not installed: {error}."
        )
    except MemoryError:
        failure = EngineError(
            FailureKind.DOES_NOT_FIT,
            "There was not enough memory to load it; close other programs or choose a smaller "
            "model.",
            details=traceback.format_exc(),
        )
    except OSError as error:
        what = error.strerror or str(error)
        where = f" {error.filename}" if error.filename else ""
        failure = EngineError(
            FailureKind.NOT_AVAILABLE,
            f"A file it needs cannot be read:{where} ({what}).",
            details=traceback.format_exc(),
        )
    except Exception as error:
        # The boundary of the process: whatever went wrong, the parent is told all of it.
        log.exception("loading failed")
        failure = EngineError(
            FailureKind.CRASHED,
            f"An unexpected error stopped it while it was loaded: {type(error).__name__}: {error}.",
            details=traceback.format_exc(),
        )
    server.fail_start(
        failure.kind,
        failure.sentence,
        details=failure.details,
        amount=failure.lacking_memory,
    )
    return None


def _load(factory: str, options: EngineOptions) -> Engine:
    if options.model is not None:
        read_ahead(options.model, model_cache=options.model_cache)
    module_name, _, class_name = factory.partition(":")
    engine_class = getattr(importlib.import_module(module_name), class_name)
    engine = engine_class(options)
    if not isinstance(engine, Engine):
        raise TypeError(f"{factory} is not an Engine.")
    return engine
