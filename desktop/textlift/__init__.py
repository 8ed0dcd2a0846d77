"""Textlift lifts the text off documents with the model of your choice, on your own machine."""

__version__ = "0.1.0"
