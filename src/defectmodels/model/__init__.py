"""How arrivals come about: priors, terms, likelihood, the model file and the PyMC model."""
