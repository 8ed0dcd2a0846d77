"""GLM-OCR: a page, a table or a formula, each by its own question."""
