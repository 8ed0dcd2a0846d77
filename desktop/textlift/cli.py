"""The command line: what can be typed, and what of it is wrong."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from textlift import __version__
from textlift.commands.batch import ReadingPlan
from textlift.commands.interruption import EXIT_INTERRUPTED, stop_at_any_signal
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
from textlift.commands.model_commands import models_app
from textlift.commands.ocr import EXIT_FAILED, OcrRequest, read_files
from textlift.commands.opening import read_passwords
from textlift.commands.output_plan import UnknownFormatError, plan_output
from textlift.commands.page_ranges import PageRangeError, PageRanges, parse_page_ranges
from textlift.commands.report import ReportRequest, save_report
from textlift.commands.terminal import Reporter, look_at_terminal, prepare_standard_output
from textlift.commands.user_settings import known_engines, settings_or_defaults
from textlift.diagnostics.doctor import doctor_lines
from textlift.diagnostics.log_file import close_log, open_log
from textlift.engines.options import DTYPES, engine_options
from textlift.engines.registry import Registry, UnknownEngineError
from textlift.exports.file_names import printable
from textlift.models.model_folder import ModelFolderError
from textlift.settings import Settings, asked_order, user_folders
from textlift.shipped import sample_document, sample_text

log = logging.getLogger(__name__)

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models", invoke_without_command=True)


def main() -> None:
    """Runs the command that was typed."""
    prepare_standard_output()
    log_file = open_log(user_folders().log)
    try:
        app(prog_name="textlift")
    except Exception:
        # Printed as ever; typer leaves the interpreter no hook that would log it.
        log.exception("an unforeseen exception")
        raise
    finally:
        close_log(log_file)


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
            help="Read this part of each page only, in pixels of the page at 200 dpi. "
            "Every model can.",
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
    check: Annotated[
        bool | None,
        typer.Option(
            "--check/--no-check",
            help="Look at each page independently for what was missed or invented, or do not.",
        ),
    ] = None,
    note: Annotated[
        bool | None,
        typer.Option(
            "--note/--no-note",
            help="End TXT and Markdown with a note on what is left to check, or do not.",
            show_default=False,
        ),
    ] = None,
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
        settings_or_defaults(reporter),
        device=device,
        dtype=dtype,
        max_pixels=max_pixels,
        tokens=token_limit,
    )
    registry = known_engines(settings, reporter)
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
            output=plan_output(
                output,
                format_name=format_name,
                also_prints=also_print,
                note=settings.note_checks if note is None else note,
            ),
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
            checks=settings.check_pages if check is None else check,
            never=settings.never,
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
    stop_at_any_signal()
    try:
        status = read_files(request, registry=registry, reporter=reporter, terminal=terminal)
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    raise typer.Exit(status)


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
        settings_or_defaults(reporter), device=device, dtype=dtype, max_pixels=None, tokens=None
    )
    registry = known_engines(settings)
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


@app.command()
def report(
    file: Annotated[
        str,
        typer.Argument(
            help="Where to save it; a folder, or nothing: a name with the time of day.",
            metavar="[FILE|DIR]",
            show_default=False,
        ),
    ] = "",
    *,
    pages: Annotated[
        bool,
        typer.Option("--pages", help="Images of pages that failed or have something to check."),
    ] = False,
    text: Annotated[bool, typer.Option("--text", help="The text of such pages.")] = False,
) -> None:
    """Save a report for a bug: versions, devices, settings, log, and what models failed at.

    No name of a file and nothing of a page is in it, unless --pages or --text is given.
    """
    reporter = Reporter(bar=False, quiet=False)
    settings = settings_or_defaults(reporter)
    status = save_report(
        ReportRequest(target=file, images=pages, text=text),
        registry=known_engines(settings),
        settings=settings,
        reporter=reporter,
    )
    raise typer.Exit(status)


def _open_window(files: list[str]) -> None:
    from textlift.ui.start import open_window

    raise typer.Exit(open_window(files))


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


def _order(chosen: str, settings: Settings, registry: Registry) -> tuple[str, ...]:
    """The chosen model, then those of the settings that there still are."""
    others = (name for name in settings.fallback if name in registry)
    return asked_order(chosen, others, never=settings.never)


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
