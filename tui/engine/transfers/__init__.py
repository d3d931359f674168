"""Clone, export and import: contents of whole volumes on their way, always verified."""
