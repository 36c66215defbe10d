"""Digests of texts, by which they are known again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    # ``hashlib`` loads OpenSSL, which takes longer than to derive a gradient; `random` of the
    # standard library goes round it in the same way.
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256


def digest(texts: str | Iterable[str], length: int = 12) -> str:
    """Return the beginning of the SHA-256 of a text, or of texts behind each other."""
    made = sha256()
    for text in (texts,) if isinstance(texts, str) else texts:
        made.update(text.encode())
    return made.hexdigest()[:length]
