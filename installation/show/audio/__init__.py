"""The drone, and the loudspeaker that plays it."""
