"""Files of other time trackers: each format is a module that reads or writes rows, without services or the store."""
