"""The routes of the room people and the schemas of what they take and answer."""
