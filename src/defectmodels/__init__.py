"""defectmodels."""
