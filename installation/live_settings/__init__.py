"""What each setting means, and what changing some comes to while the show runs."""
