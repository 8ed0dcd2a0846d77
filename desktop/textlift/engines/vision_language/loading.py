"""Loads the parts of a checkpoint one by one: nothing guesses, and no code of a folder is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar, cast

from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.memory import is_out_of_memory
from textlift.engines.vision_language.weight_saving import placing

ConfigT = TypeVar("ConfigT", bound=PretrainedConfig)
ModelT = TypeVar("ModelT", bound=PreTrainedModel)

_NAMES_SHOWN = 3


def not_loadable(sentence: str, *, details: str = "") -> EngineError:
    """The error of a checkpoint that cannot be loaded."""
    return EngineError(FailureKind.NOT_AVAILABLE, sentence, details=details)


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """A JSON file of the checkpoint.

    Raises:
        EngineError: It is not there or is damaged.
    """
    try:
        content = json.loads((folder / name).read_bytes())
    except FileNotFoundError as error:
        raise not_loadable(f"The model's folder {folder} has no {name}.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise not_loadable(
            f"The file {name} of the model in {folder} cannot be read; get the model again.",
            details=str(error),
        ) from error
    if not isinstance(content, dict):
        raise not_loadable(f"The file {name} of the model in {folder} is not what it should be.")
    return content


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer from ``tokenizer.json``.

    Raises:
        EngineError: It is not there or is damaged.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise not_loadable(f"The model's folder {folder} has no tokenizer.json.")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise not_loadable(
            f"The tokenizer.json of the model in {folder} cannot be read; get the model again.",
            details=str(error),
        ) from error


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The id of a token that the model needs.

    Raises:
        EngineError: The tokenizer does not have it.
    """
    number = tokenizer.token_to_id(token)
    if number is None:
        raise not_loadable(
            f"The model's tokenizer has no token “{token}”; "
            "its tokenizer.json is not that of this model."
        )
    return int(number)


def load_config(
    config_class: type[ConfigT], folder: Path, *, model_types: tuple[str, ...]
) -> ConfigT:
    """The model's configuration, by a class that is named here and never by the folder.

    Raises:
        EngineError: It is missing, damaged, or that of another kind of model, or of one whose
            weights are quantized.
    """
    content = read_json(folder, "config.json")
    model_type = content.get("model_type")
    if model_type not in model_types:
        raise not_loadable(
            f"The model in {folder} is of the kind “{model_type}”, not {' or '.join(model_types)}."
        )
    if content.get("quantization_config"):
        raise not_loadable(
            f"The weights of the model in {folder} are quantized, which Textlift cannot load; "
            "get the model in bfloat16 or float16."
        )
    content.pop("auto_map", None)
    try:
        return config_class.from_dict(content)
    except (TypeError, ValueError, KeyError, StrictDataclassError) as error:
        raise not_loadable(
            f"The file config.json of the model in {folder} does not describe such a model.",
            details=str(error),
        ) from error


def load_weights(
    model_class: type[ModelT], folder: Path, placement: Placement, *, config: PretrainedConfig
) -> ModelT:
    """The model with its weights, from safetensors files only, in evaluation mode.

    Raises:
        EngineError: There are no such files, one is damaged, or its tensors are not those of
            the model. Running out of memory is raised as it comes, for the runner to report.
    """
    if not any(folder.glob("*.safetensors")):
        raise not_loadable(
            f"The model's folder {folder} has no weights as safetensors files, "
            "and weights of other kinds are not loaded, since they can hold programs."
        )
    # The library types the result as a model alone; with the report it is a pair.
    from_pretrained: Any = model_class.from_pretrained
    try:
        model, report = from_pretrained(
            folder,
            config=config,
            dtype=placement.dtype,
            attn_implementation=placement.attention,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            **placing(model_class, config, placement),
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        raise not_loadable(
            f"The weights of the model in {folder} cannot be loaded; get the model again.",
            details=f"{type(error).__name__}: {error}",
        ) from error
    _refuse_mismatch(folder, report)
    # Else what generation_config.json says of penalties and beams would be filled in wherever
    # the runner leaves a setting alone.
    model.generation_config = GenerationConfig()
    if not placement.weights and placement.room is None:
        model = model.to(placement.device)
    return cast("ModelT", model.eval())


def _refuse_mismatch(folder: Path, report: dict[str, Any]) -> None:
    for key, words in (
        ("missing_keys", "lacks tensors of the model"),
        ("unexpected_keys", "has tensors that the model does not have"),
        ("mismatched_keys", "has tensors of the wrong shape"),
    ):
        names = sorted(str(name[0] if isinstance(name, tuple) else name) for name in report[key])
        if names:
            shown = ", ".join(names[:_NAMES_SHOWN])
            more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
            raise not_loadable(
                f"The checkpoint in {folder} {words}: {shown}{more}.", details="\n".join(names)
            )
