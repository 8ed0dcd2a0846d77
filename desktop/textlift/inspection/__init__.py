"""An independent look at a page: where its lines and its ink are, whoever reads it."""
