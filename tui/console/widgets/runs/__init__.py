"""What the screens of the runs are drawn with: lines of pieces out of runs and their curves."""
