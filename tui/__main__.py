"""`python -m tui` is the command `headnotes`."""

from tui.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
