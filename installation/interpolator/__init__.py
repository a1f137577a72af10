"""THE NET: slow motion by two carved U-Nets."""
