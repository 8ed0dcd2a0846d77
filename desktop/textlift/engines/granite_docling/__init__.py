"""Granite Docling: a whole page to DocTags, with the place of everything."""
