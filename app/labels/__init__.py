"""Labels and the instances that carry them: editing, importing, exporting."""
