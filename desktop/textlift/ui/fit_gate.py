"""Lets a model through that fits; offers a saving, or another model, for one that does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from textlift.models.fit import Answer, Fit
from textlift.ui.notices import Notice
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.main_window import MainWindow

_SUBJECT = "fit"
Action = tuple[str, Callable[[], None]]


class FitGate(QObject):
    """Asks what to do about a model that does not fit as it is.

    Signals:
        saving_chosen: The name of a model, and the ``Saving`` it is to be used with.
        model_wanted: The name of another model that the user takes instead.
        states_wanted: What is known may be out of date; ``EngineStates`` is to be asked.
        reading_wanted: Name of a model, and the pages it is to read now.
    """

    saving_chosen = Signal(str, object)
    model_wanted = Signal(str)
    states_wanted = Signal()
    reading_wanted = Signal(str, object)

    def __init__(self, window: MainWindow, states: EngineStates, registry: Registry) -> None:
        super().__init__(window)
        self.window_ = window
        self._states = states
        self._registry = registry
        self._starved: tuple[str, tuple[PageKey, ...]] | None = None
        states.fits_known.connect(self._on_fits)

    def use_registry(self, registry: Registry) -> None:
        """Knows other models from now on."""
        self._registry = registry

    def withdraw(self) -> None:
        """What was said of a model that does not fit holds no longer: another was chosen."""
        self.window_.board.withdraw(_SUBJECT)

    def let_through(self, name: str, then: Callable[[], None], *, anyway: str) -> None:
        """Does something with a model that fits; asks first about one that does not.

        Args:
            name: Of the model.
            then: Done at once, after the user chose a saving, or when the user insists.
            anyway: The words on the button to insist.
        """
        self.withdraw()
        fit = self._states.fits.get(name)
        if fit is not None and fit.answer is Answer.FITS_WITH and fit.ways:
            self._offer_savings(name, fit, then)
        elif fit is not None and fit.answer is Answer.DOES_NOT_FIT:
            self._offer_another(name, fit, (*self._instead(fit, self._take), (anyway, then)))
        else:
            then()

    def make_fit(self, name: str, pages: Sequence[PageKey]) -> None:
        """Finds out anew what can be done for a model that lacked memory, and offers that.

        Args:
            name: Of the model.
            pages: It could not read; they are read when a way is found.
        """
        self._starved = (name, tuple(pages))
        self.states_wanted.emit()

    def _on_fits(self, fits: Mapping[str, Fit]) -> None:
        if self._starved is None:
            return
        (name, pages), self._starved = self._starved, None

        def read() -> None:
            self.reading_wanted.emit(name, pages)

        fit = fits.get(name)
        if fit is not None and fit.answer is Answer.FITS_WITH and fit.ways:
            self._offer_savings(name, fit, read)
        elif fit is not None and fit.answer is Answer.DOES_NOT_FIT:

            def read_with_another(other: str) -> None:
                self.reading_wanted.emit(other, pages)

            self._offer_another(name, fit, self._instead(fit, read_with_another))
        else:
            title = self._registry.title(name)
            text = f"{title} should fit by now, as far as can be told beforehand."
            self.window_.board.post(
                _SUBJECT, Notice(kind="info", text=text), (("Try again", read),)
            )

    def _offer_savings(self, name: str, fit: Fit, then: Callable[[], None]) -> None:
        from textlift.ui.saving_dialog import SavingDialog

        dialog = SavingDialog(self._registry.title(name), fit, self.window_)

        def answered() -> None:
            dialog.deleteLater()
            if dialog.result() == SavingDialog.DialogCode.Accepted:
                self.saving_chosen.emit(name, dialog.saving)
                then()
            elif dialog.other_wanted:
                self.window_.models.showPopup()

        dialog.finished.connect(answered)
        dialog.open()

    def _offer_another(self, name: str, fit: Fit, actions: Sequence[Action]) -> None:
        said = f"{self._registry.title(name)} {fit.sentence[:1].lower()}{fit.sentence[1:]}"
        self.window_.board.post(_SUBJECT, Notice(kind="warning", text=said), actions)

    def _instead(self, fit: Fit, take: Callable[[str], None]) -> tuple[Action, ...]:
        """The button for the nearest model that fits; none where no model does."""
        other = fit.instead
        if not other or other not in self._registry:
            return ()
        state = self._states.states.get(other)
        if state is not None and not state.ready and not state.can_be_got:
            return ()
        verb = "Use" if state is None or state.ready else "Get"
        return ((f"{verb} {self._registry.title(other)}", lambda: take(other)),)

    def _take(self, other: str) -> None:
        self.model_wanted.emit(other)
