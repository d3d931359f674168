"""The engine: everything about Docker, and nothing about a user interface."""

from tui.engine.endpoint import Endpoint, resolve
from tui.engine.engine import Engine
from tui.engine.errors import EngineError
from tui.engine.masking import masked_options

__all__ = ["Endpoint", "Engine", "EngineError", "masked_options", "resolve"]
