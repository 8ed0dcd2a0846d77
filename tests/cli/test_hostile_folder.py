"""A model's folder with programs in it: none is run, and nobody is asked whether to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.pages import draw_page

pytest.importorskip("torch")
pytest.importorskip("transformers")

PROGRAM = """
from pathlib import Path
with Path({mark!r}).open("a") as file:
    file.write(__name__ + "\\n")
class Evil:
    pass
"""

AUTO_MAP = {
    "AutoConfig": "configuration_evil.Evil",
    "AutoModel": "modeling_evil.Evil",
    "AutoModelForCausalLM": "modeling_evil.Evil",
    "AutoModelForImageTextToText": "modeling_evil.Evil",
    "AutoTokenizer": ["tokenization_evil.Evil", None],
    "AutoProcessor": "processing_evil.Evil",
    "AutoImageProcessor": "processing_evil.Evil",
}

MODULES = (
    "configuration_evil",
    "modeling_evil",
    "tokenization_evil",
    "processing_evil",
    # Names that the engine process imports: these lie in the folder it is started in.
    "torch",
    "tokenizers",
    "safetensors",
    "sitecustomize",
    "textlift",
)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2.5-VL of true architecture with random weights: it loads and writes nonsense."""
    import torch
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import (
        Qwen2_5_VLForConditionalGeneration,
    )

    from tiny_models.checkpoints import write_checkpoint
    from tiny_models.qwen_checkpoint import image_settings, qwen_tokenizer, token_settings

    tokenizer = qwen_tokenizer("qwen2_5_vl")
    torch.manual_seed(0)
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 32,
            "intermediate_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
            "num_key_value_heads": 1,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [4, 6, 6],
            },
            "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
            "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        },
        vision_config={
            "depth": 1,
            "hidden_size": 32,
            "intermediate_size": 32,
            "num_heads": 1,
            "out_hidden_size": 32,
        },
        **token_settings(tokenizer),
    )
    folder = tmp_path_factory.mktemp("checkpoint") / "model"
    write_checkpoint(
        folder,
        Qwen2_5_VLForConditionalGeneration(config),
        tokenizer=tokenizer,
        files={"preprocessor_config.json": image_settings("qwen2_5_vl", patch=14)},
    )
    return folder


@pytest.fixture
def mark(checkpoint: Path, tmp_path: Path) -> Path:
    """Puts programs into the folder, and says which file they write when they are run."""
    mark = tmp_path / "a-program-of-the-folder-was-run"
    for module in MODULES:
        (checkpoint / f"{module}.py").write_text(PROGRAM.format(mark=str(mark)))
    for name in ("config.json", "preprocessor_config.json", "tokenizer_config.json"):
        path = checkpoint / name
        content = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**content, "auto_map": AUTO_MAP}))
    return mark


def read_page(checkpoint: Path, page: Path) -> subprocess.CompletedProcess[str]:
    """Reads in the model's folder, with a yes ready for whoever asks."""
    command = [sys.executable, "-P", "-m", "textlift", "ocr", page, "--model", ".", "--no-fallback"]
    return subprocess.run(
        [*command, "--format", "json", "--token-limit", "6", "--max-pixels", "50000"],
        cwd=checkpoint,
        input="y\ny\ny\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_no_program_of_the_folder_is_run_while_its_model_reads(checkpoint, mark, tmp_path):
    draw_page(1).save(tmp_path / "page.png")
    done = read_page(checkpoint, tmp_path / "page.png")
    assert not mark.exists(), f"run: {mark.read_text()}"
    assert "y/N" not in done.stdout + done.stderr
    assert "trust_remote_code" not in done.stdout + done.stderr
    ((page,),) = [document["pages"] for document in json.loads(done.stdout)["documents"]]
    # The model was loaded and wrote what it could: the programs in its folder are passed over.
    attempts = page["attempts"]
    assert {attempt["engine"] for attempt in attempts} == {"model"}
    assert {attempt["failure"] for attempt in attempts} <= {"cut-off", "ran-away", None}
    assert attempts[0]["partial"] or page["text"]
    assert attempts[0]["peak_memory"] > 0


def test_a_folder_of_an_unknown_kind_is_refused_without_running_it(checkpoint, mark, tmp_path):
    draw_page(1).save(tmp_path / "page.png")
    config = checkpoint / "config.json"
    before = config.read_text()
    config.write_text(json.dumps({**json.loads(before), "model_type": "evil"}))
    try:
        done = read_page(checkpoint, tmp_path / "page.png")
    finally:
        config.write_text(before)
    assert not mark.exists()
    assert (done.returncode, done.stdout) == (2, "")
    assert "of the kind “evil”" in done.stderr
