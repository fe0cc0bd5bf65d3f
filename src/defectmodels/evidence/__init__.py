"""What was published, by whom and when. This room runs without PyMC."""
