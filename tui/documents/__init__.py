"""What a preview shows of an entry: bytes, text, listings as lines that are safe to show."""

from tui.documents.contents import of_range
from tui.documents.document import Document
from tui.documents.hex import hex_lines

__all__ = ["Document", "hex_lines", "of_range"]
