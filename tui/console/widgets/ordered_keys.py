"""Keys of an editor in the order in which they were typed.

Textual inserts a letter at once, but lets a bound key such as backspace bubble to the app first. When several keys
arrive together, as they do over a slow line, a backspace comes too late and deletes a letter that was typed after it.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def run_bound_key(editor: Widget, event: events.Key) -> bool:
    """Run what the editor itself binds to this key, now. False when it binds nothing to it."""
    for binding in editor._bindings.key_to_bindings.get(event.key, ()):
        event.stop()
        event.prevent_default()
        await editor.run_action(binding.action)
        return True
    return False
