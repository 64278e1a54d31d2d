"""Measurements beside the plain recipe: stock papermill, one notebook after another, then stock jupyter-book."""
