"""New data in: read strictly, validate, show what would change, write as one change."""
