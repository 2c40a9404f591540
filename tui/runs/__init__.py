"""Runs, as all but the worker see them: recipes, run folders, events and orders. Imports nothing that is slow."""
