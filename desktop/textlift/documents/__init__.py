"""Opening files and rendering their pages, in the reader process."""
