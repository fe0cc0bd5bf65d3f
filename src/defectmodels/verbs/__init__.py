"""Commands beside the main ones, a few to a file, and how all of them print."""
