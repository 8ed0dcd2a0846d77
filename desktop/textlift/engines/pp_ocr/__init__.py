"""PP-OCRv6, the bundled engine: the weights inside rapidocr's wheel, in a pipeline of our own."""
