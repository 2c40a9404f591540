"""Tables: opened, looked into, changed, saved."""
