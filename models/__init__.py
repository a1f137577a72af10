"""Nets and what made them. Importing anything here imports `installation` first, which sees to
it that no library telephones."""

import installation as installation
