"""Qianfan-OCR: a whole page to Markdown."""
