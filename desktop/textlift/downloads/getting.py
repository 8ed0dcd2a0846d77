"""Gets a model: fetches what is missing of a plan into the cache, and makes it visible."""

from __future__ import annotations

from textlift.downloads.addresses import endpoint_of, page_of
from textlift.downloads.answers import Subject
from textlift.downloads.apart import apart
from textlift.downloads.failures import DownloadProblem, disk_problem, stopped
from textlift.downloads.fetching import OnFetching, fetch_all
from textlift.downloads.file_names import is_checksum
from textlift.downloads.hub import file_url
from textlift.downloads.messages import (
    DownloadFailure,
    Fetching,
    Got,
    HubModel,
    Plan,
    PlannedFile,
    Source,
)
from textlift.downloads.meter import Meter
from textlift.downloads.needed_files import check_names
from textlift.downloads.patience import patience_for_files
from textlift.downloads.planning import check_room, place_of
from textlift.downloads.repository import Repository
from textlift.downloads.session import Session
from textlift.downloads.token import find_token
from textlift.downloads.transfer import Target
from textlift.models.hub_cache import COMMIT, known_commit
from textlift.processes.cancellation import Cancellation


def get_model(
    model: HubModel,
    plan: Plan,
    source: Source,
    *,
    on_fetching: OnFetching,
    cancellation: Cancellation,
) -> Got:
    """Gets the files of a plan that are not here, and makes all of them visible.

    Raises:
        DownloadProblem: They cannot be had, or it was cancelled.
    """
    _check(plan, model)
    repository = place_of(plan.hub_id, plan.commit, source)
    if _is_all_there(repository, plan, model.revision):
        return Got(folder=str(repository.snapshot(plan.commit)), fetched=0)
    with repository.locked():
        have = sum(repository.have(file, plan.commit) for file in plan.files)
        missing = [file for file in plan.files if not repository.is_here(file, plan.commit)]
        check_room(
            repository.cache,
            plan.size - have,
            remedy="make room there, or choose another folder for models in the settings",
        )
        meter = Meter(have=have, size=plan.size)
        try:
            repository.begin(plan)
        except OSError as error:
            raise disk_problem(error, repository.cache) from error
        if missing:
            _fetch(
                _targets(missing, plan, source, repository),
                source,
                meter,
                on_fetching=on_fetching,
                cancellation=cancellation,
            )
        if cancellation.cancelled:
            raise stopped()
        on_fetching(Fetching(have=plan.size, size=plan.size))
        try:
            folder = repository.publish(plan, model.revision)
        except OSError as error:
            raise disk_problem(error, repository.cache) from error
    return Got(folder=str(folder), fetched=meter.came)


def _is_all_there(repository: Repository, plan: Plan, revision: str) -> bool:
    """Whether there is nothing to do; the cache may then be one that nobody can write to."""
    if known_commit(repository.folder, revision) != plan.commit:
        return False
    snapshot = repository.snapshot(plan.commit)
    return all(
        repository.is_here(file, plan.commit) and (snapshot / file.name).is_file()
        for file in plan.files
    )


def _targets(
    files: list[PlannedFile], plan: Plan, source: Source, repository: Repository
) -> list[Target]:
    endpoint = endpoint_of(source)
    subject = Subject(plan.hub_id, page_of(endpoint, plan.hub_id))
    # The same content under two names is fetched once.
    different = {file.checksum: file for file in files}
    return [
        Target(
            name=file.name,
            url=file_url(endpoint, plan.hub_id, plan.commit, file.name),
            size=file.size,
            checksum=checksum,
            partial=repository.partial(checksum),
            path=repository.blob(checksum),
            subject=subject,
        )
        for checksum, file in different.items()
    ]


def _fetch(
    targets: list[Target],
    source: Source,
    meter: Meter,
    *,
    on_fetching: OnFetching,
    cancellation: Cancellation,
) -> None:
    patience = patience_for_files()
    token = apart(find_token, cancellation)
    with Session(source, patience=patience, endpoint=endpoint_of(source), token=token) as session:
        fetch_all(
            targets,
            session,
            meter,
            patience,
            on_fetching=on_fetching,
            cancellation=cancellation,
        )


def _check(plan: Plan, model: HubModel) -> None:
    """Looks once more at what will become paths: a plan may have lain on the disk."""
    check_names(file.name for file in plan.files)
    sound = all(is_checksum(file.checksum) and file.size >= 0 for file in plan.files)
    if not (sound and COMMIT.fullmatch(plan.commit) and plan.hub_id in model.hub_ids):
        raise DownloadProblem(
            DownloadFailure.NOT_SAFE, "The plan of the download is damaged; begin it anew."
        )
