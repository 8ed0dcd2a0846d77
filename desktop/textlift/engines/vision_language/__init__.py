"""The runner that all vision-language models share: load, generate, stream, stop, count, fail."""
