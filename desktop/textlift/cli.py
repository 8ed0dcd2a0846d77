"""The command line: what can be typed, and what of it is wrong."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from textlift import __version__
from textlift.commands.batch import ReadingPlan
from textlift.commands.doctor import doctor_lines
from textlift.commands.engine_list import engine_lines
from textlift.commands.interruption import EXIT_INTERRUPTED
from textlift.commands.language_names import UnknownLanguageError, parse_languages
from textlift.commands.model_check import (
    CHECKED_DTYPES,
    KnownPageError,
    ModelCheck,
    known_page,
)
from textlift.commands.model_choice import (
    BoxError,
    ModeError,
    choose_mode,
    choose_model,
    parse_box,
)
from textlift.commands.model_files import (
    NotGettableError,
    all_gettables,
    chosen_gettables,
    find_on_disk,
)
from textlift.commands.model_getting import LicenceError, ModelGetting, accept_licence
from textlift.commands.model_storage import storage_lines
from textlift.commands.model_upkeep import Kept, ModelUpkeep, removal_question
from textlift.commands.ocr import EXIT_FAILED, EXIT_WRONG_USAGE, OcrRequest, read_files
from textlift.commands.opening import read_passwords
from textlift.commands.output_plan import UnknownFormatError, plan_output
from textlift.commands.own_models import NotOwnError, add_folder, forget_folder
from textlift.commands.page_ranges import PageRangeError, PageRanges, parse_page_ranges
from textlift.commands.terminal import (
    Reporter,
    Terminal,
    look_at_terminal,
    prepare_standard_output,
)
from textlift.downloads.download import Download
from textlift.downloads.gettable import Gettable
from textlift.downloads.records import DownloadRecords
from textlift.downloads.wanted import source_of
from textlift.engines.options import DTYPES, engine_options
from textlift.engines.registry import Registry, UnknownEngineError, installed_engines
from textlift.exports.file_names import printable
from textlift.models.model_folder import ModelFolderError
from textlift.settings import Settings, SettingsError, load_settings, save_settings, user_folders
from textlift.shipped import sample_document, sample_text

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(rich_markup_mode=None)
app.add_typer(models_app, name="models", invoke_without_command=True)


def main() -> None:
    """Runs the command that was typed."""
    prepare_standard_output()
    app(prog_name="textlift")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"Textlift {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  handled by its callback
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which this is."),
    ] = False,
) -> None:
    """Lifts the text off documents. Without a command it opens the window."""
    if context.invoked_subcommand is None:
        _open_window([])


@app.command()
def window(
    files: Annotated[list[str] | None, typer.Argument(help="Files and folders to open.")] = None,
) -> None:
    """Open the window, with files if there are any."""
    _open_window(files or [])


@app.command()
def ocr(
    files: Annotated[
        list[str],
        typer.Argument(
            help="PDF files, images, and folders, which are searched.", metavar="FILES…"
        ),
    ],
    *,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|DIR",
            help="See `textlift models`; or a folder with a checkpoint.",
        ),
    ] = "",
    mode: Annotated[
        str, typer.Option("--mode", metavar="NAME", help="How the model reads, if it has a choice.")
    ] = "",
    box: Annotated[
        str,
        typer.Option(
            "--box",
            metavar="X0,Y0,X1,Y1",
            help="Read this part of each page only, in pixels of the page at 200 dpi.",
        ),
    ] = "",
    device: Annotated[
        str, typer.Option("--device", metavar="NAME", help="auto, cpu, cuda:0, mps…")
    ] = "",
    dtype: Annotated[
        str,
        typer.Option("--dtype", metavar="NAME", help=f"Of the weights: {', '.join(DTYPES)}."),
    ] = "",
    max_pixels: Annotated[
        int | None,
        typer.Option("--max-pixels", min=0, help="Of a page that a vision-language model sees."),
    ] = None,
    token_limit: Annotated[
        int | None,
        typer.Option("--token-limit", min=0, help="Of such a model's answer to a page."),
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", "-f", help="txt, md or json.", metavar="FORMAT")
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR",
            help="One file for everything, or a folder for a file each: one that is there, "
            "or a name with a slash at its end or without extension.",
        ),
    ] = "",
    also_print: Annotated[
        bool, typer.Option("--print", help="Print the text as well as saving it.")
    ] = False,
    pages: Annotated[
        str, typer.Option("--pages", "-p", help="Such as 1-5,9.", metavar="RANGES")
    ] = "",
    lang: Annotated[
        str,
        typer.Option(
            "--lang", "-l", metavar="CODES", help="Such as eng,rus. Without it: found out."
        ),
    ] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=64, help="Pages to read at the same time.")
    ] = 1,
    text_layer: Annotated[
        bool,
        typer.Option("--text-layer", help="Take the text that is in a PDF already, if it is good."),
    ] = False,
    fallback: Annotated[
        bool,
        typer.Option(
            "--fallback/--no-fallback", help="Let other models try a page that this one cannot."
        ),
    ] = True,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", metavar="FILE", help="Passwords of protected PDFs, one a line."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but what failed.")
    ] = False,
) -> None:
    """Read files and write their text to standard output, a file or a folder.

    A name that begins with a dash goes after `--`. The exit status is 0 when every page was
    read, 1 when some failed (each is named on standard error), 2 when something was typed
    wrong, and 130 after Ctrl-C.
    """
    terminal = look_at_terminal()
    reporter = Reporter(bar=terminal.bar, quiet=quiet)
    settings = _with_options(
        _settings(reporter), device=device, dtype=dtype, max_pixels=max_pixels, tokens=token_limit
    )
    registry = _engines(settings, reporter)
    try:
        if model:
            registry, chosen = choose_model(registry, model)
        else:
            chosen, gone = registry.chosen_or_first(settings.model)
            if gone:
                reporter.note(gone)
        part = parse_box(box) if box else None
        how = choose_mode(registry.entry(chosen).card, mode, box=part)
        request = OcrRequest(
            files=tuple(files),
            output=plan_output(output, format_name=format_name, also_prints=also_print),
            plan=ReadingPlan(
                order=_order(chosen, settings, registry) if fallback else (chosen,),
                languages=parse_languages(lang) if lang else settings.languages,
                use_text_layer=text_layer or settings.use_text_layer,
                modes=tuple({**settings.modes, **({chosen: how} if how else {})}.items()),
                box=part,
            ),
            pages=parse_page_ranges(pages) if pages else PageRanges(),
            passwords=_passwords(password_file),
            lanes=jobs,
            overwrite=overwrite,
            options=engine_options(settings),
        )
    except (
        UnknownEngineError,
        ModelFolderError,
        ModeError,
        BoxError,
        UnknownFormatError,
        PageRangeError,
        UnknownLanguageError,
    ) as error:
        raise typer.BadParameter(str(error)) from error
    _stop_at_any_signal()
    try:
        status = read_files(request, registry=registry, reporter=reporter, terminal=terminal)
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    raise typer.Exit(status)


@models_app.callback()
def models(context: typer.Context) -> None:
    """List the models, what they need, and whether they can be used here."""
    if context.invoked_subcommand is not None:
        return
    reporter = Reporter(bar=False, quiet=False)
    settings = _settings(reporter)
    registry = _engines(settings, reporter)
    for line in engine_lines(registry, options=engine_options(settings)):
        typer.echo(line)


@models_app.command("add")
def add_model(
    folder: Annotated[str, typer.Argument(help="With a checkpoint: config.json and weights.")],
) -> None:
    """Put a folder of your own into the list of models."""
    settings = _settings_to_change()
    try:
        changed, name = add_folder(settings, installed_engines(settings), folder)
    except ModelFolderError as error:
        raise typer.BadParameter(str(error)) from error
    _save(changed)
    typer.echo(f"Added as {name}.")


@models_app.command("forget")
def forget_model(
    name: Annotated[str, typer.Argument(help="Of a model that you added, or its folder.")],
) -> None:
    """Take a folder of your own out of the list of models; its files stay."""
    settings = _settings_to_change()
    try:
        changed, folder = forget_folder(settings, installed_engines(settings), name)
    except NotOwnError as error:
        raise typer.BadParameter(str(error)) from error
    _save(changed)
    typer.echo(f"Forgotten; the files in {printable(folder)} are as they were.")


@models_app.command("list")
def list_models() -> None:
    """Say what is on this machine, what is half here, and what can be got."""
    reporter = Reporter(bar=False, quiet=False)
    settings = _settings(reporter)
    registry = _engines(settings, reporter)
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
    settings = _settings(reporter)
    chosen = _chosen(names, settings, reporter)
    for one in chosen:
        try:
            changed = accept_licence(one, settings, accepted=accept, asks=terminal.asks)
        except LicenceError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(EXIT_WRONG_USAGE) from error
        if changed != settings:
            _settings_to_change()
            _save(changed)
            settings = changed
    getting = ModelGetting(
        source_of(settings),
        records=DownloadRecords(user_folders().downloads),
        reporter=reporter,
        terminal=terminal,
        asks=not yes,
    )
    _stop_at_any_signal()
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
    settings = _settings(reporter)
    kept = _kept(names or [], settings, reporter)
    if not kept:
        typer.echo("There is nothing to verify: no model and no alphabet is on this machine.")
        return
    _stop_at_any_signal()
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
    settings = _settings(reporter)
    kept = _kept(names, settings, reporter)
    if not yes:
        if not terminal.asks:
            raise typer.BadParameter("Nobody can be asked here: add --yes to remove them.")
        typer.confirm(removal_question(kept), abort=True, err=True)
    _stop_at_any_signal()
    raise typer.Exit(_upkeep(settings, reporter, terminal).remove_all(kept))


@app.command()
def doctor(
    *,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|DIR",
            help="Load this model, read a page whose text is known in every mode, and judge it.",
        ),
    ] = "",
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Read the first page of this file instead."),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option("--text", metavar="FILE", help="The text that is printed on that page."),
    ] = None,
    device: Annotated[
        str, typer.Option("--device", metavar="NAME", help="auto, cpu, cuda:0, mps…")
    ] = "",
    dtype: Annotated[
        str,
        typer.Option("--dtype", metavar="NAME", help=f"Only this one of {', '.join(DTYPES)}."),
    ] = "",
) -> None:
    """Say what a bug report needs: versions, devices, memory, models, folders.

    With --model it checks that model, and the exit status is 1 when it does not read.
    """
    reporter = Reporter(bar=False, quiet=not model)
    settings = _with_options(
        _settings(reporter), device=device, dtype=dtype, max_pixels=None, tokens=None
    )
    registry = installed_engines(settings)
    if not model:
        if page is not None or text is not None or dtype:
            raise typer.BadParameter("--page, --text and --dtype go with --model.")
        for line in doctor_lines(registry, options=engine_options(settings)):
            typer.echo(line)
        return
    if (page is None) != (text is None):
        raise typer.BadParameter("--page and --text go together: a page, and what stands on it.")
    try:
        registry, chosen = choose_model(registry, model)
        known = known_page(page or sample_document(), text or sample_text())
    except (UnknownEngineError, ModelFolderError, KnownPageError) as error:
        raise typer.BadParameter(str(error)) from error
    check = ModelCheck(registry.entry(chosen), known, engine_options(settings))
    for line in check.lines((dtype,) if dtype else CHECKED_DTYPES):
        typer.echo(line)
    raise typer.Exit(0 if check.passed else EXIT_FAILED)


def _open_window(files: list[str]) -> None:
    from textlift.ui.application import main as window_main

    raise typer.Exit(window_main(files))


def _stop_at_any_signal() -> None:
    """Has what ends a session do what Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _chosen(names: list[str], settings: Settings, reporter: Reporter) -> tuple[Gettable, ...]:
    registry = _engines(settings, reporter)
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
    known = all_gettables(_engines(settings, reporter), folders, settings)
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


def _settings(reporter: Reporter) -> Settings:
    try:
        return load_settings(user_folders().settings_file)
    except SettingsError as error:
        reporter.note(str(error))
        return Settings()


def _settings_to_change() -> Settings:
    """The settings; ends the program where they are damaged, for saving would lose them."""
    try:
        return load_settings(user_folders().settings_file)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error


def _save(settings: Settings) -> None:
    try:
        save_settings(settings, user_folders().settings_file)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error


def _with_options(
    settings: Settings, *, device: str, dtype: str, max_pixels: int | None, tokens: int | None
) -> Settings:
    """The settings with what was typed instead of what they hold."""
    if dtype and dtype not in DTYPES:
        raise typer.BadParameter(
            f"There is no number format called “{dtype}”. Choose one of: {', '.join(DTYPES)}."
        )
    return msgspec.structs.replace(
        settings,
        device=device or settings.device,
        dtype=dtype or settings.dtype,
        max_pixels=settings.max_pixels if max_pixels is None else max_pixels,
        token_limit=settings.token_limit if tokens is None else tokens,
    )


def _engines(settings: Settings, reporter: Reporter) -> Registry:
    registry = installed_engines(settings)
    for problem in registry.problems:
        reporter.note(problem)
    return registry


def _order(chosen: str, settings: Settings, registry: Registry) -> tuple[str, ...]:
    """The chosen model, then those of the settings that there still are."""
    others = (name for name in settings.fallback if name in registry)
    return tuple(dict.fromkeys((chosen, *others)))


def _passwords(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        return read_passwords(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise typer.BadParameter(
            f"The password file {printable(path)} cannot be used: {reason}."
        ) from error
