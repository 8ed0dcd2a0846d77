"""What a read page is: blocks, lines, boxes, how it was read, and its text and Markdown."""
