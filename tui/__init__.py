"""voltui: a terminal UI for Docker volumes."""

__version__ = "0.1.0"
