"""The database of documents, pages, attempts and edits."""
