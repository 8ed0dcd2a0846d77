"""What the window offers for a model that does not fit as it is."""

from __future__ import annotations

import msgspec
import pytest

from doubles import engine_script as do
from doubles.pages import make_image
from textlift.content.attempt import FailureKind
from textlift.engines.registry import Registry
from textlift.models.catalogue import ModelEntry
from textlift.models.fit import Answer, Fit, Way
from textlift.models.memory_need import MemoryNeed
from textlift.settings import Saving
from textlift.ui.saving_dialog import SavingDialog

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

HALF = MemoryNeed(weights=3 * 10**9, cache=10**9, activations=10**9, overhead=5 * 10**8)
NEED = msgspec.structs.replace(HALF, weights=6 * 10**9)
FITS = Fit(answer=Answer.FITS, need=HALF, free=7 * 10**9, device="cuda:0", sentence="Fits.")
WAYS = (
    Way(Saving(weights="int8"), HALF, "8-bit weights: a little less exact"),
    Way(Saving(weights="int4"), HALF, "4-bit weights: less exact"),
)
FITS_WITH = msgspec.structs.replace(
    FITS, answer=Answer.FITS_WITH, need=NEED, ways=WAYS, sentence="It fits with 8-bit weights."
)
SENTENCE = "Does not fit: needs 8.5 GB, 7.0 GB are free on the GPU. Engine small would fit."
DOES_NOT = msgspec.structs.replace(
    FITS, answer=Answer.DOES_NOT_FIT, need=NEED, instead="small", sentence=SENTENCE
)


@pytest.fixture
def fits(monkeypatch) -> dict[str, Fit]:
    """What is found out of each model; a test fills it before it opens the window."""
    found: dict[str, Fit] = {}
    monkeypatch.setattr(
        "textlift.engines.vision_language.fitting.model_fit",
        lambda entry, *_, **__: found.get(entry.card.name, FITS),
    )
    return found


@pytest.fixture
def models(driver, fits):
    """The scripted engines ``big`` and ``small`` pass for models; ``alpha`` is none."""

    def engines(settings) -> Registry:
        alpha, *others = driver.script.registry
        made = [
            msgspec.structs.replace(
                entry,
                model=ModelEntry(
                    name=entry.card.name,
                    title=entry.card.title,
                    family="dots_ocr",
                    folder=f"/models/{entry.card.name}",
                ),
            )
            for entry in others
        ]
        return Registry([alpha, *made])

    driver.script.engine("alpha")
    driver.script.engine("big")
    driver.script.engine("small")
    driver.engines = engines
    return driver


def start(driver, **changes: object) -> None:
    driver.start(model="alpha", fallback=(), **changes)
    driver.wait(lambda: driver.desktop.states.fits)


def choose(driver, name: str) -> None:
    driver.window.models._on_chosen(name)


def chosen(driver) -> tuple[str, str]:
    return driver.window.models.chosen, driver.desktop.commands.settings.model


def labels(driver) -> list[str]:
    return [button.text() for button in driver.window.banner.action_buttons]


def press(driver, label: str) -> None:
    (button,) = (one for one in driver.window.banner.action_buttons if one.text() == label)
    button.click()


def saving_dialog(driver) -> SavingDialog:
    dialog = driver.dialog()
    assert isinstance(dialog, SavingDialog)
    return dialog


def test_a_model_that_fits_is_chosen_at_once(models):
    start(models)
    choose(models, "big")
    assert chosen(models) == ("big", "big")
    assert not models.window.banner.isVisible()


def test_the_ways_to_make_it_fit_are_one_choice_the_least_lossy_first(models, fits, tmp_path):
    fits["big"] = FITS_WITH
    start(models)
    choose(models, "big")
    dialog = saving_dialog(models)
    assert [one.isChecked() for one in dialog.choices] == [True, False]
    assert dialog.choices[0].text() == "8-bit weights: a little less exact (5.5 GB)"
    assert chosen(models) == ("alpha", "alpha"), "which reads until there is an answer"
    dialog.use_button.click()
    assert chosen(models) == ("big", "big")
    assert models.desktop.commands.settings.savings == {"big": Saving(weights="int8")}
    models.open(make_image(tmp_path / "a.png", 1))
    models.wait_until_read()
    (options,) = models.script.loaded_with("big")
    assert options.savings == {"big": Saving(weights="int8")}


def test_another_way_is_taken(models, fits):
    fits["big"] = FITS_WITH
    start(models)
    choose(models, "big")
    dialog = saving_dialog(models)
    dialog.choices[1].setChecked(True)
    dialog.use_button.click()
    assert models.desktop.commands.settings.savings == {"big": Saving(weights="int4")}


def test_another_model_is_chosen_instead_of_a_saving(models, fits):
    fits["big"] = FITS_WITH
    start(models)
    choose(models, "big")
    saving_dialog(models).other_button.click()
    models.wait(lambda: models.window.models._popup is not None)
    assert models.window.models._popup.isVisible(), "the list is open again"
    models.window.models.hidePopup()
    assert chosen(models) == ("alpha", "alpha")
    assert models.desktop.commands.settings.savings == {}


@pytest.mark.parametrize(("label", "model"), [("Use Engine small", "small"), ("Try anyway", "big")])
def test_a_model_that_does_not_fit_offers_the_one_that_does(models, fits, label, model):
    fits["big"] = DOES_NOT
    start(models)
    choose(models, "big")
    assert chosen(models) == ("alpha", "alpha")
    assert models.window.banner.message.text() == f"Engine big d{SENTENCE[1:]}"
    assert labels(models) == ["Use Engine small", "Try anyway"]
    press(models, label)
    assert chosen(models) == (model, model)
    assert not models.window.banner.isVisible()


@pytest.mark.parametrize("kind", [FailureKind.DOES_NOT_FIT, FailureKind.OUT_OF_MEMORY])
@pytest.mark.parametrize("where", ["load", "default"])
def test_a_model_that_lacked_memory_is_made_to_fit_and_reads_the_page(
    models, fits, tmp_path, kind, where
):
    start(models)
    fits["big"] = FITS_WITH
    models.script.engine("big", **{where: [do.fail(kind), do.fail(kind), do.READ]})
    choose(models, "big")
    models.open(make_image(tmp_path / "a.png", 1))
    models.wait(lambda: "Make it fit…" in labels(models) and "Show" in labels(models))
    models.wait(lambda: not models.window.reading.active)
    models.script.engine("big")
    press(models, "Make it fit…")
    saving_dialog(models).use_button.click()
    models.wait(lambda: models.window.text.current_text() == "Page 1 read by big.")
    assert models.script.loaded_with("big")[-1].savings == {"big": Saving(weights="int8")}


def test_where_nothing_makes_it_fit_another_model_reads_the_page(models, fits, tmp_path):
    start(models)
    fits["big"] = DOES_NOT
    models.script.engine("big", load=do.fail(FailureKind.DOES_NOT_FIT))
    models.desktop.commands.models._use_model("big")
    models.open(make_image(tmp_path / "a.png", 1))
    models.wait(lambda: "Make it fit…" in labels(models) and "Show" in labels(models))
    models.wait(lambda: not models.window.reading.active)
    press(models, "Make it fit…")
    models.wait(lambda: labels(models) == ["Use Engine small"])
    press(models, "Use Engine small")
    models.wait(lambda: models.window.text.current_text() == "Page 1 read by small.")


def test_what_lacks_memory_and_is_no_model_is_not_made_to_fit(models, tmp_path):
    models.script.engine("alpha", load=do.fail(FailureKind.OUT_OF_MEMORY))
    start(models)
    models.open(make_image(tmp_path / "a.png", 1))
    models.wait(lambda: "Show" in labels(models))
    assert "Make it fit…" not in labels(models)


def choose_in_settings(driver, name: str) -> None:
    """Takes a model in the settings and presses OK."""
    dialog = driver.desktop.commands.open_settings()
    first = dialog.models.first
    first.setCurrentIndex(first.findData(name))
    dialog.accept()


def test_a_model_chosen_in_the_settings_is_asked_about_too(models, fits):
    fits["big"] = FITS_WITH
    start(models)
    choose_in_settings(models, "big")
    dialog = saving_dialog(models)
    assert chosen(models) == ("alpha", "alpha"), "until it is answered"
    dialog.accept()
    assert chosen(models) == ("big", "big")
    choose_in_settings(models, "small")
    models.wait(lambda: chosen(models) == ("small", "small"))
    choose_in_settings(models, "alpha")
    assert chosen(models) == ("alpha", "alpha"), "it runs no model, and is not asked about"
