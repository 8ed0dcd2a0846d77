"""``textlift models …``: what can be typed after it, and what of it is wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from textlift.commands.engine_list import engine_lines
from textlift.commands.interruption import stop_at_any_signal
from textlift.commands.model_files import (
    NotGettableError,
    all_gettables,
    chosen_gettables,
    find_on_disk,
)
from textlift.commands.model_getting import LicenceError, ModelGetting, accept_licence
from textlift.commands.model_storage import storage_lines
from textlift.commands.model_upkeep import Kept, ModelUpkeep, removal_question
from textlift.commands.ocr import EXIT_WRONG_USAGE
from textlift.commands.own_models import NotOwnError, add_folder, forget_folder
from textlift.commands.terminal import Reporter, Terminal, look_at_terminal
from textlift.commands.user_settings import (
    keep_settings,
    known_engines,
    settings_or_defaults,
    settings_to_change,
)
from textlift.downloads.download import Download
from textlift.downloads.gettable import Gettable
from textlift.downloads.records import DownloadRecords
from textlift.downloads.wanted import source_of
from textlift.engines.options import engine_options
from textlift.exports.file_names import printable
from textlift.models.model_folder import ModelFolderError
from textlift.settings import Settings, user_folders

models_app = typer.Typer(rich_markup_mode=None)


@models_app.callback()
def models(context: typer.Context) -> None:
    """List the models, what they need, and whether they can be used here."""
    if context.invoked_subcommand is not None:
        return
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    registry = known_engines(settings, reporter)
    for line in engine_lines(registry, options=engine_options(settings)):
        typer.echo(line)


@models_app.command("add")
def add_model(
    folder: Annotated[str, typer.Argument(help="With a checkpoint: config.json and weights.")],
) -> None:
    """Put a folder of your own into the list of models."""
    settings = settings_to_change()
    try:
        changed, name = add_folder(settings, known_engines(settings), folder)
    except ModelFolderError as error:
        raise typer.BadParameter(str(error)) from error
    keep_settings(changed)
    typer.echo(f"Added as {name}.")


@models_app.command("forget")
def forget_model(
    name: Annotated[str, typer.Argument(help="Of a model that you added, or its folder.")],
) -> None:
    """Take a folder of your own out of the list of models; its files stay."""
    settings = settings_to_change()
    try:
        changed, folder = forget_folder(settings, known_engines(settings), name)
    except NotOwnError as error:
        raise typer.BadParameter(str(error)) from error
    keep_settings(changed)
    typer.echo(f"Forgotten; the files in {printable(folder)} are as they were.")


@models_app.command("list")
def list_models() -> None:
    """Say what is on this machine, what is half here, and what can be got."""
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    registry = known_engines(settings, reporter)
    folders = user_folders()
    for line in storage_lines(
        registry,
        all_gettables(registry, folders, settings),
        _unfinished(reporter),
        folders=folders,
        settings=settings,
        options=engine_options(settings),
    ):
        typer.echo(line)


@models_app.command("get")
def get_models(
    names: Annotated[
        list[str], typer.Argument(help="Of models and alphabets; see `textlift models list`.")
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask about the size.")] = False,
    accept: Annotated[
        bool,
        typer.Option("--accept-licence", help="You have read the licence that restricts the use."),
    ] = False,
) -> None:
    """Get models and alphabets, or go on with getting them; Ctrl-C pauses.

    The exit status is 0 when all are here, 1 when one could not be got, 2 when something was
    typed wrong or a licence was not accepted, and 130 after Ctrl-C.
    """
    terminal = look_at_terminal()
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    chosen = _chosen(names, settings, reporter)
    for one in chosen:
        try:
            changed = accept_licence(one, settings, accepted=accept, asks=terminal.asks)
        except LicenceError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(EXIT_WRONG_USAGE) from error
        if changed != settings:
            # Read anew: the window may have written others while the question was open.
            fresh = settings_to_change()
            licences = tuple(dict.fromkeys((*fresh.accepted_licences, *changed.accepted_licences)))
            keep_settings(msgspec.structs.replace(fresh, accepted_licences=licences))
            settings = changed
    getting = ModelGetting(
        source_of(settings),
        records=DownloadRecords(user_folders().downloads),
        reporter=reporter,
        terminal=terminal,
        asks=not yes,
    )
    stop_at_any_signal()
    raise typer.Exit(getting.get_all(chosen))


@models_app.command("verify")
def verify_models(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Of models and alphabets; without them all on this machine."),
    ] = None,
) -> None:
    """Compare models and alphabets with the published checksums, without the network.

    The exit status is 1 when a file is damaged or missing; it is named on standard error.
    """
    terminal = look_at_terminal()
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    kept = _kept(names or [], settings, reporter)
    if not kept:
        typer.echo("There is nothing to verify: no model and no alphabet is on this machine.")
        return
    stop_at_any_signal()
    raise typer.Exit(_upkeep(settings, reporter, terminal).verify_all(kept))


@models_app.command("remove")
def remove_models(
    names: Annotated[list[str], typer.Argument(help="Of models and alphabets.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove models and alphabets from the disk, with what unfinished downloads left of them."""
    terminal = look_at_terminal()
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    kept = _kept(names, settings, reporter)
    if not yes:
        if not terminal.asks:
            raise typer.BadParameter("Nobody can be asked here: add --yes to remove them.")
        typer.confirm(removal_question(kept), abort=True, err=True)
    stop_at_any_signal()
    raise typer.Exit(_upkeep(settings, reporter, terminal).remove_all(kept))


def _chosen(names: list[str], settings: Settings, reporter: Reporter) -> tuple[Gettable, ...]:
    registry = known_engines(settings, reporter)
    try:
        known = all_gettables(registry, user_folders(), settings)
        return chosen_gettables(names, known, registry)
    except NotGettableError as error:
        raise typer.BadParameter(str(error)) from error


def _kept(names: list[str], settings: Settings, reporter: Reporter) -> tuple[Kept, ...]:
    """What was named, with what of it is on this machine; without names all that is."""
    folders = user_folders()
    if names:
        chosen = _chosen(names, settings, reporter)
        return tuple(Kept(one, find_on_disk(one, folders, settings)) for one in chosen)
    known = all_gettables(known_engines(settings, reporter), folders, settings)
    every = (Kept(one, find_on_disk(one, folders, settings)) for one in known.values())
    return tuple(one for one in every if one.on_disk is not None)


def _upkeep(settings: Settings, reporter: Reporter, terminal: Terminal) -> ModelUpkeep:
    records = DownloadRecords(user_folders().downloads)
    return ModelUpkeep(source_of(settings), records=records, reporter=reporter, terminal=terminal)


def _unfinished(reporter: Reporter) -> list[Download]:
    try:
        found, problems = DownloadRecords(user_folders().downloads).read()
    except OSError as error:
        reporter.note(f"The downloads that are not finished cannot be read: {error.strerror}.")
        return []
    for problem in problems:
        reporter.note(problem)
    return found
