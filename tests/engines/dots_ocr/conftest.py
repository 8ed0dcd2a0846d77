"""A dots.ocr of random weights, in a folder as the official ones are published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import save_file

from textlift.engines.dots_ocr import prompts
from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from textlift.engines.vision_language.family import Placement
from tiny_models.train_dots_ocr import PREPROCESSOR, tiny_tokenizer

# As the engine does: a progress bar leaves a thread behind.
transformers.utils.logging.disable_progress_bar()

CPU = Placement(torch.device("cpu"), torch.float32)

REMOTE_CODE = """
from pathlib import Path
Path(__file__).with_name("was_run").touch()
"""


def random_config() -> dict:
    """The keys of the official file, also those that must be ignored."""
    tokenizer = tiny_tokenizer()
    return {
        "architectures": ["DotsOCRForCausalLM"],
        "model_type": "dots_ocr",
        "auto_map": {
            "AutoConfig": "configuration_dots.DotsOCRConfig",
            "AutoModelForCausalLM": "modeling_dots_ocr.DotsOCRForCausalLM",
        },
        "attention_bias": True,
        "hidden_act": "silu",
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "max_window_layers": 2,
        "rms_norm_eps": 1e-6,
        "rope_scaling": None,
        "rope_theta": 1000000,
        "sliding_window": 4096,
        "use_sliding_window": False,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.51.0",
        "vocab_size": tokenizer.get_vocab_size(),
        "image_token_id": tokenizer.token_to_id(prompts.IMAGE_TOKEN),
        "video_token_id": None,
        "vision_config": {
            "embed_dim": 24,
            "hidden_size": 32,
            "intermediate_size": 40,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 1,
            "rms_norm_eps": 1e-5,
            "use_bias": False,
            "post_norm": True,
            "attn_implementation": "flash_attention_2",
            "is_causal": False,
        },
    }


def random_tensors() -> dict[str, torch.Tensor]:
    """Weights of every tensor: no bias is zero and no norm is one, so that none can be missed."""
    torch.manual_seed(7)
    with torch.device("meta"):
        model = DotsOCRForCausalLM(DotsOCRConfig.from_dict(random_config()))
    tensors = {}
    for name, tensor in model.state_dict().items():
        fan_in = tensor.shape[1:].numel() if tensor.ndim > 1 else 16
        centre = 1.0 if "norm" in name or name.endswith("ln_q.weight") else 0.0
        tensors[name] = centre + torch.randn(tensor.shape) * fan_in**-0.5
    return tensors


@pytest.fixture(scope="session")
def random_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dots") / "dots.ocr"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(random_config()))
    settings = {**PREPROCESSOR, "auto_map": {"AutoProcessor": "configuration_dots.Processor"}}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    (folder / "configuration_dots.py").write_text(REMOTE_CODE)
    (folder / "modeling_dots_ocr.py").write_text(REMOTE_CODE)
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    save_file(random_tensors(), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.fixture(scope="session")
def family(random_folder: Path) -> DotsOcr:
    return DotsOcr(random_folder, CPU)
