"""dots.ocr and dots.mocr: one vision-language model that reads text and layout of whole pages."""
