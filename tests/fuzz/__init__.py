"""Every parser that reads what others wrote, fed damaged documents: `python -m tests.fuzz`."""
