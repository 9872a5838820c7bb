"""Where a visitor is: the database reader, places, regions and geofences. Never imports edge."""
