"""What a preview shows of an entry: bytes, text, listings as lines that are safe to show."""
