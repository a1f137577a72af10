"""The panel of knobs on an Arduino: wire protocol, serial link, session and driver."""
