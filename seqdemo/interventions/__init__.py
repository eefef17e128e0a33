"""What a visitor changed and what came of it: records, and the words of a link. No torch."""
