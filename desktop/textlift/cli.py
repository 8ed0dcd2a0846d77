"""The command line: what can be typed, and what of it is wrong."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from textlift import __version__
from textlift.commands.batch import ReadingPlan
from textlift.commands.doctor import doctor_lines
from textlift.commands.engine_list import engine_lines
from textlift.commands.interruption import EXIT_INTERRUPTED
from textlift.commands.language_names import UnknownLanguageError, parse_languages
from textlift.commands.ocr import OcrRequest, read_files
from textlift.commands.opening import read_passwords
from textlift.commands.output_plan import UnknownFormatError, plan_output
from textlift.commands.page_ranges import PageRangeError, PageRanges, parse_page_ranges
from textlift.commands.terminal import Reporter, look_at_terminal, prepare_standard_output
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry, UnknownEngineError, installed_engines
from textlift.exports.file_names import printable
from textlift.settings import Settings, SettingsError, load_settings, user_folders

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        str, typer.Option("--model", "-m", help="See `textlift models`.", metavar="NAME")
    ] = "",
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
    settings = _settings(reporter)
    registry = installed_engines()
    chosen = model or settings.model
    try:
        registry.entry(chosen)
        request = OcrRequest(
            files=tuple(files),
            output=plan_output(output, format_name=format_name, also_prints=also_print),
            plan=ReadingPlan(
                order=_order(chosen, settings, registry) if fallback else (chosen,),
                languages=parse_languages(lang) if lang else settings.languages,
                use_text_layer=text_layer or settings.use_text_layer,
            ),
            pages=parse_page_ranges(pages) if pages else PageRanges(),
            passwords=_passwords(password_file),
            lanes=jobs,
            overwrite=overwrite,
            options=_engine_options(settings),
        )
    except (UnknownEngineError, UnknownFormatError, PageRangeError, UnknownLanguageError) as error:
        raise typer.BadParameter(str(error)) from error
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        status = read_files(request, registry=registry, reporter=reporter, terminal=terminal)
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    raise typer.Exit(status)


@app.command()
def models() -> None:
    """List the models and whether they can be used here."""
    settings = _settings(Reporter(bar=False, quiet=False))
    for line in engine_lines(installed_engines(), options=_engine_options(settings)):
        typer.echo(line)


@app.command()
def doctor() -> None:
    """Say what a bug report needs: versions, devices, memory, models, folders."""
    settings = _settings(Reporter(bar=False, quiet=True))
    for line in doctor_lines(installed_engines(), options=_engine_options(settings)):
        typer.echo(line)


def _open_window(files: list[str]) -> None:
    from textlift.ui.application import main as window_main

    raise typer.Exit(window_main(files))


def _settings(reporter: Reporter) -> Settings:
    try:
        return load_settings(user_folders().settings_file)
    except SettingsError as error:
        reporter.note(str(error))
        return Settings()


def _engine_options(settings: Settings) -> EngineOptions:
    return EngineOptions(
        device=settings.device, threads=settings.threads, tesseract_path=settings.tesseract_path
    )


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
