"""What a recipe comes to: its rows, its model, its scores, its plan, and the script that does the same."""
