"""Studies: a model fitted many times, to earlier evidence, without eras, to events moved elsewhere."""
