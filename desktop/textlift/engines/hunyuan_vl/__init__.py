"""HunyuanOCR: a page to Markdown or text, a table or a formula by its own question."""
