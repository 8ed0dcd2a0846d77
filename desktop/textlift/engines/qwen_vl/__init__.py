"""Qwen2.5-VL and Qwen3-VL: general vision-language models that also read pages."""
