"""Lessons as data: load, directives, quizzes, progress, search, lint. Pure Python; knows no model and no screen."""
