"""Driving engines over pages: jobs, attempts, fallback, and checks of a result."""
