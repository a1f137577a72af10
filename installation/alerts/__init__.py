"""Who hears of it when something stays wrong: by webhook, e-mail or MQTT. Off unless set."""
