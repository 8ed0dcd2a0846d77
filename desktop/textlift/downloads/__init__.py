"""Getting, checking and removing what Textlift reads with; the only place that uses the network."""
