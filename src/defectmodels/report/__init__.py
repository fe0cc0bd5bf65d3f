"""What a reader sees: sections, figures, wording, page."""
