"""Writes the README's table of models from the catalogue: ``python packaging/model_table.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textlift.engines.vision_language.entries import find_models
from textlift.models.catalogue import ModelEntry, load_catalogue
from textlift.models.on_disk import shown_size

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- models: packaging/model_table.py writes what follows -->"
END = "<!-- end of models -->"

BENCHMARKS = ("OmniDocBench v1.6", "OmniDocBench v1.5", "olmOCR-bench")
"""Whose figure is shown, in this order: the newest that many models have been measured with."""


def main() -> None:
    README.write_text(with_table(README.read_text("utf-8")), encoding="utf-8")


def with_table(readme: str) -> str:
    """The README with the table as the catalogue has it now."""
    before, _, rest = readme.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{README} has lost its marks: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{model_table()}\n{END}{after}"


def model_table() -> str:
    """The models that can be chosen, and a list of those that cannot."""
    found = find_models(load_catalogue(), folders=(), taken=frozenset())
    offered = [entry.model for entry in found.entries if entry.model is not None]
    return "\n".join([*_table(offered), *_refused(found.not_offered)])


def _table(models: list[ModelEntry]) -> Iterator[str]:
    yield "| name | what it is good at | on disk | memory | licence | published score |"
    yield "|---|---|---|---|---|---|"
    for model in models:
        cells = (
            f"`{model.name}`",
            model.summary.rstrip("."),
            shown_size(model.size),
            shown_size(model.memory) if model.memory else "",
            _licence(model),
            _score(model),
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""


def _refused(models: tuple[ModelEntry, ...]) -> Iterator[str]:
    if not models:
        return
    yield "Known, and not offered:"
    yield ""
    for model in models:
        yield f"- {model.title}: {model.not_offered}"
    yield ""


def _licence(model: ModelEntry) -> str:
    return f"{model.licence}: {model.licence_note}" if model.licence_note else model.licence


def _score(model: ModelEntry) -> str:
    by_benchmark = {score.benchmark: score for score in model.scores}
    for benchmark in BENCHMARKS:
        if score := by_benchmark.get(benchmark):
            return f"{score.value} on {benchmark} ({score.source})"
    return ""


if __name__ == "__main__":
    main()
