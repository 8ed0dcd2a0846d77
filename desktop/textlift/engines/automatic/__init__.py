"""The default choice: for each page PP-OCRv6 or Tesseract, with the reason."""
