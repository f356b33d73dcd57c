-- What collections there are. Their folders carry the epoch as their name.

CREATE TABLE catalog (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16)
) STRICT;

CREATE TABLE collections (
  name TEXT PRIMARY KEY,
  epoch BLOB NOT NULL UNIQUE CHECK (length(epoch) = 16),
  spec TEXT NOT NULL,
  -- creating and deleting are finished at the next start when the process dies in between.
  state TEXT NOT NULL CHECK (state IN ('creating', 'ready', 'deleting'))
) STRICT;
