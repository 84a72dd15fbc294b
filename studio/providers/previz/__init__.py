"""The embedded stand-in provider: a layered scene drawn from the prompt's words, and a real camera flown through it."""

from studio.providers.previz.previz import Previz

__all__ = ["Previz"]
