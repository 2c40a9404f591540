"""Text as it is drawn: message catalogs, visible characters, wrapping, lines and charts. No Textual, no torch."""
