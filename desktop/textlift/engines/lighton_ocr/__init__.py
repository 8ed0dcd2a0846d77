"""LightOnOCR: a whole page to Markdown, without a prompt."""
