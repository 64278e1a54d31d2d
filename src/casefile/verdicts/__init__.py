"""From findings to verdicts: rules, confidence, robustness, history, explanation, comparison."""
