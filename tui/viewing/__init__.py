"""A file of any size as rows of a screen: bytes by ranges, cut into rows, rows as text."""
