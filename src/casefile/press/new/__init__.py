"""Starting points: a new claim, table or pillar, complete and working, with marked places to fill in."""
