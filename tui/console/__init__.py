"""The screens: the only room that uses Textual. Widgets are touched from the event loop alone."""
