"""Trains the tiny Qwen2.5-VL: ``PYTHONPATH=tests python -m tiny_models.train_qwen2_5_vl``.

The checkpoint that is kept came of a run that was stopped and resumed: it began with easy lines and
without the lesson for the tower. A run from the start to the end was not made.
"""

from __future__ import annotations

from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLForConditionalGeneration

from tiny_models.qwen_checkpoint import qwen_tokenizer, token_settings, train_qwen


def main() -> None:
    tokenizer = qwen_tokenizer("qwen2_5_vl")
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 96,
            "intermediate_size": 192,
            "num_hidden_layers": 3,
            "num_attention_heads": 3,
            "num_key_value_heads": 1,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 30.0,
                "mrope_section": [4, 2, 10],
            },
            "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
            "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 2,
            "patch_size": 14,
            "out_hidden_size": 96,
            "window_size": 112,
            "fullatt_block_indexes": [1],
        },
        **token_settings(tokenizer),
    )
    model = Qwen2_5_VLForConditionalGeneration(config)
    train_qwen(model, tokenizer, steps=6500)


if __name__ == "__main__":
    main()
