"""What the draws say: rates, counts, shares, contrasts, decompositions."""
