"""GOT-OCR2: transformers' own model, with its prompt frame, tiles and LaTeX-flavoured answers."""
