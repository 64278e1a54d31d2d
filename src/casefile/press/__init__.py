"""Running notebooks, keeping results, and making the book from them."""
