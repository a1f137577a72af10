"""The network and the creature it makes, drawn."""
