"""DeepSeek-OCR 2: a page to Markdown with the places of its parts, or to text."""
