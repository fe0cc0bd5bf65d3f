"""From a model to draws: sampling, the fit and its file, checks."""
