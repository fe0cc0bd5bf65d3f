"""Counting: realised counts summed out of what was published of them, exactly."""
