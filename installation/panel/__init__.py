"""KNOBS IN: what a visitor's hands do, as `PanelState`."""
