"""The tasks of the `pipeline` instrument, by the kind of their answer."""
