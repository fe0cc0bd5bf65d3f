"""Where the time and the memory of a fit and its report go. Run with ``make bench``."""
