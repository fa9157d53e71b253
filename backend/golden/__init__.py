"""Golden JSONs: which lumisections a recipe keeps, why it does not keep the others, and what that costs."""
