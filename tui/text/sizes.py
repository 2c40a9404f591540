"""Bytes as people read them."""


def size_text(count: float) -> str:
    """1.2 GB, 812 MB, 30 kB, 12 B: thousands, two digits or more."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}" if count < 10 * size else f"{count / size:,.0f} {unit}"
    return f"{count:.0f} B"
