-- The records of one collection.

CREATE TABLE collection (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  -- Of the last committed write.
  sequence INTEGER NOT NULL,
  -- The next write's first label. Labels are never used twice.
  next_label INTEGER NOT NULL
) STRICT;

-- Views by number, so that a vector's row need not repeat a name.
CREATE TABLE views (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A replaced record gets a new label: a label names one version of a record.
CREATE TABLE records (
  label INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  metadata TEXT NOT NULL,
  content BLOB
) STRICT;

-- Vectors as they were sent: little-endian float32. Apart from the records, so that reading those stays quick.
CREATE TABLE vectors (
  label INTEGER NOT NULL REFERENCES records (label) ON DELETE CASCADE,
  view INTEGER NOT NULL REFERENCES views (number) ON DELETE CASCADE,
  data BLOB NOT NULL,
  PRIMARY KEY (label, view)
) STRICT;
