"""Explainable, reproducible evidence reports: claims, evidence, findings, verdicts and a book."""

__version__ = "1.0.0"
