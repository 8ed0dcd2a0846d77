"""Checks of a reading: whether it is one, and what on its page a person should look at."""
