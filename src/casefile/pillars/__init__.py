"""One module per pillar: pure functions, evidence in, findings out. No files, no plots, no ratings."""
