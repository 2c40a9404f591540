"""What the reader sees: one module for each thing."""
