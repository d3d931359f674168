"""What a preview shows of an entry: bytes, text, listings as lines that are safe to show."""

from tui.documents.colours import colours
from tui.documents.contents import look_into, of_range
from tui.documents.document import Document, Source, Span
from tui.documents.hex import hex_lines
from tui.documents.listing import Listing

__all__ = [
    "Document",
    "Listing",
    "Source",
    "Span",
    "colours",
    "hex_lines",
    "look_into",
    "of_range",
]
