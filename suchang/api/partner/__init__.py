"""The routes of the room partner and the schemas of what they take and answer."""
