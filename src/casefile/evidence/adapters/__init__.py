"""One file per upstream format; each turns an upstream file into rows of our tables."""
