"""Tesseract 5, an external program that reads over a hundred languages."""
