"""Trains the tiny Qwen3-VL: ``PYTHONPATH=tests python -m tiny_models.train_qwen3_vl``.

The checkpoint that is kept came of a run that was stopped and resumed: it began with easy lines and
without the lesson for the tower. A run from the start to the end was not made.
"""

from __future__ import annotations

from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLForConditionalGeneration

from tiny_models.qwen_checkpoint import qwen_tokenizer, token_settings, train_qwen


def main() -> None:
    tokenizer = qwen_tokenizer("qwen3_vl")
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 96,
            "intermediate_size": 192,
            "num_hidden_layers": 3,
            "num_attention_heads": 3,
            "num_key_value_heads": 1,
            "head_dim": 32,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 30.0,
                "mrope_section": [6, 5, 5],
                "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 160,
            "num_heads": 2,
            "patch_size": 16,
            "out_hidden_size": 96,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
        },
        **token_settings(tokenizer),
    )
    model = Qwen3VLForConditionalGeneration(config)
    train_qwen(model, tokenizer, steps=6500)


if __name__ == "__main__":
    main()
