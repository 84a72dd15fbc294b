"""Words: prompt versions with their authors, what is sent, differences, and the screenplay as TOML and CSV."""

from studio.writing._compose import compose, describe
from studio.writing._versions import PARTS, next_version

__all__ = ["PARTS", "compose", "describe", "next_version"]
