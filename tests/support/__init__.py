"""Fixtures and helpers that every app's tests share; conftest.py at the root loads the plugins."""
