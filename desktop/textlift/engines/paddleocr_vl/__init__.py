"""PaddleOCR-VL: reads one element at a time; a page over the regions that PP-OCRv6 finds."""
