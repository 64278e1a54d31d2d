"""The book beyond the screen and in standard records: PDF, EPUB, ClaimReview, RO-Crate, Data Package."""
