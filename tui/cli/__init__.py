"""The subcommands of `headnotes`; each module has `add(parser)` for its arguments and `run(asked) -> exit code`."""
