"""Writes answers with a model, several at once: our own loop in place of the library's."""
