"""Loaded by ``-p`` ahead of every other plugin, also in each xdist worker, because pytest-django reads the settings very early.

Without it the workers would share the first process's data folder, and collect static files over each other.
"""

from tests.support.environment import prepare

prepare()
