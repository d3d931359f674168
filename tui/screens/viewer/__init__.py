"""The full-screen viewer: a file of any size, by lines or by bytes, searched and followed."""

from tui.screens.viewer.screen import ViewerScreen

__all__ = ["ViewerScreen"]
