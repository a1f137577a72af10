"""Every booth on one page: what each tells a broker of itself, and commands to it."""
