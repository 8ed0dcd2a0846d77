"""Writing what was read to files, one module a format."""
