"""The user's settings as commands use them, and the engines there are under them."""

from __future__ import annotations

import typer

from textlift.commands.ocr import EXIT_FAILED
from textlift.commands.terminal import Reporter
from textlift.engines.registry import Registry, installed_engines
from textlift.settings import Settings, SettingsError, load_settings, save_settings, user_folders


def settings_or_defaults(reporter: Reporter) -> Settings:
    """The settings; the defaults, with a note, where they cannot be read."""
    try:
        return load_settings(user_folders().settings_file)
    except SettingsError as error:
        reporter.note(str(error))
        return Settings()


def settings_to_change() -> Settings:
    """The settings; ends the program where they are damaged, for saving would lose them."""
    try:
        return load_settings(user_folders().settings_file)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error


def keep_settings(settings: Settings) -> None:
    """Saves the settings; ends the program where that cannot be done."""
    try:
        save_settings(settings, user_folders().settings_file)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error


def known_engines(settings: Settings, reporter: Reporter | None = None) -> Registry:
    """The engines there are; what was left out is told to ``reporter``."""
    registry = installed_engines(settings)
    if reporter is not None:
        for problem in registry.problems:
            reporter.note(problem)
    return registry
