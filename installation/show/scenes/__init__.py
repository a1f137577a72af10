"""What stands where in each phase of a visit: pure."""
